package dev.remap.core.evaluation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one query should find. All that is in neither set is wrong to retrieve.
 *
 * @param relevant items that should be retrieved
 * @param junk items that count neither for nor against a ranking: they are taken out of it and move
 *     no rank. Where the query itself is in the collection and ignored, it is junk.
 */
public record Relevance<T>(Set<T> relevant, Set<T> junk) {
  public Relevance {
    relevant = Set.copyOf(relevant);
    junk = Set.copyOf(junk);
    for (T item : junk) {
      if (relevant.contains(item)) {
        throw new IllegalArgumentException("'" + item + "' is both relevant and junk");
      }
    }
  }

  /**
   * The 0-based ranks of the relevant items in a ranking without its junk.
   *
   * @param ranking items, best first, each at most once
   */
  public int[] ranks(List<T> ranking) {
    int[] ranks = new int[relevant.size()];
    Set<T> seen = new HashSet<>();
    int found = 0;
    int rank = 0;
    for (T item : ranking) {
      if (!seen.add(item)) {
        throw new IllegalArgumentException("'" + item + "' is twice in one ranking");
      }
      if (relevant.contains(item)) {
        ranks[found++] = rank;
      }
      if (!junk.contains(item)) {
        rank++;
      }
    }
    return Arrays.copyOf(ranks, found);
  }
}
