package dev.remap.jobs.tune;

import dev.remap.index.quantizer.Probing;
import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.search.Neighbors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one search finds of the exactly nearest of its queries, at several depths. Ranking the best
 * R again by stored vectors puts those of the k exactly nearest that are among them first, so that
 * its recall is their share, and need not be run.
 *
 * @param hits of each query: how many of its exactly nearest are among the best of each depth
 * @param truths of each query: how many exactly nearest there are
 */
record RecallCurve(int[][] hits, int[] truths) {
  /** The key of no image. */
  private static final long NONE = -1;

  /**
   * Compares a search with exact search. A query that is an image of the index is taken out of
   * both.
   *
   * @param exact nearest first, by the query's id; at least {@code k} and the image itself where
   *     there are as many
   * @param k wanted
   * @param depths ascending, each at least {@code k}
   * @param out which images the queries are
   */
  static RecallCurve of(
      List<Neighbors> found, Map<Long, long[]> exact, int k, List<Integer> depths, LeftOut out) {
    int queries = found.stream().mapToInt(block -> block.queryIds().length).sum();
    int[][] hits = new int[queries][];
    int[] truths = new int[queries];
    int q = 0;
    for (Neighbors block : found) {
      for (int i = 0; i < block.queryIds().length; i++) {
        long query = block.queryIds()[i];
        long self = out.own().getOrDefault(query, NONE);
        long[] others = others(block.result(), i, self);
        Set<Long> truth = new HashSet<>();
        Arrays.stream(exact.get(query)).filter(key -> key != self).limit(k).forEach(truth::add);
        hits[q] = depths.stream().mapToInt(depth -> count(others, depth, truth)).toArray();
        truths[q++] = truth.size();
      }
    }
    return new RecallCurve(hits, truths);
  }

  private static long[] others(SearchResult result, int row, long self) {
    return result.neighbors(row).stream()
        .mapToLong(Neighbor::key)
        .filter(key -> key != self)
        .toArray();
  }

  private static int count(long[] keys, int depth, Set<Long> truth) {
    return (int) Arrays.stream(keys).limit(depth).filter(truth::contains).count();
  }

  /**
   * The mean over the queries that have a neighbour at all.
   *
   * @param d number of the depth, from 0
   * @param millis that a query took
   */
  OperatingPoint point(Probing probing, int depth, int d, double millis) {
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (int q = 0; q < truths.length; q++) {
      if (truths[q] > 0) {
        double recall = (double) hits[q][d] / truths[q];
        sum += recall;
        squares += recall * recall;
        n++;
      }
    }
    double mean = sum / Math.max(1, n);
    double variance = Math.max(0, squares / Math.max(1, n) - mean * mean);
    return new OperatingPoint(
        probing, depth, mean, Math.sqrt(variance / Math.max(1, n - 1)), millis);
  }
}
