package dev.remap.index.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Merges what several shards found: the nearest of all, equal distances by ascending key. */
public final class ResultMerger {
  private ResultMerger() {}

  /**
   * The k nearest of several lists for one query, in any order.
   *
   * @throws IllegalArgumentException if a key comes twice at one distance: shards don't overlap
   */
  public static List<Neighbor> merge(Collection<List<Neighbor>> lists, int k) {
    List<Neighbor> all = new ArrayList<>();
    lists.forEach(all::addAll);
    all.sort(null);
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).equals(all.get(i - 1))) {
        throw new IllegalArgumentException(
            "key %d comes from two shards: shards must not overlap".formatted(all.get(i).key()));
      }
    }
    return List.copyOf(all.subList(0, Math.min(k, all.size())));
  }

  /**
   * Merges the results of a block of queries over several shards, all for the same queries and k.
   *
   * @throws IllegalArgumentException if they differ in number of queries or k, or if only some have
   *     looked up the queries' own keys
   */
  public static SearchResult merge(List<SearchResult> results) {
    int queries = results.get(0).queries();
    int k = results.get(0).k();
    float[] own = results.get(0).own().clone();
    for (SearchResult result : results) {
      if (result.queries() != queries || result.k() != k) {
        throw new IllegalArgumentException(
            "results of %d queries × %d and of %d × %d can't be merged"
                .formatted(queries, k, result.queries(), result.k()));
      }
      if (result.own().length != own.length) {
        throw new IllegalArgumentException(
            "only some of the results tell of the queries' own keys");
      }
      // One shard has the entry, the others say +∞.
      for (int query = 0; query < own.length; query++) {
        own[query] = Math.min(own[query], result.own()[query]);
      }
    }
    return SearchResult.of(
        IntStream.range(0, queries)
            .mapToObj(
                row -> merge(results.stream().map(result -> result.neighbors(row)).toList(), k))
            .toList(),
        k,
        own);
  }
}
