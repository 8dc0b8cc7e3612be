package dev.remap.jobs.rerank;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.search.Neighbors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/**
 * Images that are taken for not there: what a method learns from must not be what an evaluation
 * ignores. A query that is an image of the catalogue is not among what it finds; but it stands in
 * the sums of dba and in the graph of diffusion, as all images do.
 *
 * @param everywhere their keys
 * @param own the key of a query that is an image of the catalogue, by the query's id; left out of
 *     what that query finds
 */
public record LeftOut(HashSet<Long> everywhere, HashMap<Long, Long> own) implements Serializable {
  /** Nothing is left out. */
  public static LeftOut nothing() {
    return new LeftOut(new HashSet<>(), new HashMap<>());
  }

  /** So many places of a ranking they take at the most. */
  public int most() {
    return everywhere.size() + (own.isEmpty() ? 0 : 1);
  }

  /** What is left of rankings, in their order. */
  Neighbors of(Neighbors found) {
    if (most() == 0) {
      return found;
    }
    List<List<Neighbor>> rows = new ArrayList<>();
    for (int q = 0; q < found.queryIds().length; q++) {
      long self = own.getOrDefault(found.queryIds()[q], -1L);
      rows.add(
          found.result().neighbors(q).stream()
              .filter(it -> it.key() != self && !everywhere.contains(it.key()))
              .toList());
    }
    return new Neighbors(
        found.queryIds(), SearchResult.of(rows, found.result().k()), found.nanos());
  }
}
