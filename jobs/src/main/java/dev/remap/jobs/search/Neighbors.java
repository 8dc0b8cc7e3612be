package dev.remap.jobs.search;

import dev.remap.index.shard.ResultMerger;
import dev.remap.index.shard.SearchResult;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What the queries of one block found.
 *
 * @param queryIds the block's ids, in the order of the result's rows
 * @param result the nearest of each query
 * @param nanos time spent searching, summed over the parts of the index
 */
public record Neighbors(long[] queryIds, SearchResult result, long nanos) implements Serializable {

  /**
   * The nearest of both, which hold results of the same queries from different parts of an index.
   */
  public Neighbors merge(Neighbors other) {
    if (!Arrays.equals(queryIds, other.queryIds)) {
      throw new IllegalArgumentException("Results of different queries cannot be merged");
    }
    return new Neighbors(
        queryIds, ResultMerger.merge(List.of(result, other.result)), nanos + other.nanos);
  }

  /** What the queries {@code from} to {@code to - 1} found, with their share of the time. */
  Neighbors rows(int from, int to) {
    int all = Math.max(1, queryIds.length);
    long share = nanos * to / all - nanos * from / all;
    return new Neighbors(Arrays.copyOfRange(queryIds, from, to), result.rows(from, to), share);
  }

  /**
   * The same as those rows of a result for all of these queries, of which the others found none.
   */
  Neighbors spread(long[] allIds, int[] rows) {
    return new Neighbors(allIds, result.spread(rows, allIds.length), nanos);
  }

  /**
   * Position of a key among the neighbours of the block's query {@code q}, from 0; -1: not found.
   */
  public int rank(int q, long key) {
    long[] keys = result.keys();
    for (int i = 0; i < result.k(); i++) {
      if (keys[q * result.k() + i] == key) {
        return i;
      }
    }
    return -1;
  }
}
