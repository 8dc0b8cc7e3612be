package dev.remap.core.evaluation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * How much of an exact nearest-neighbour search an approximate one returns: a mean over queries, in
 * 0..1. Both searches give the keys of the neighbours of each query, nearest first; an approximate
 * one may give fewer. Ties are not counted: a neighbour at the same distance is another neighbour.
 */
public final class Recall {
  private Recall() {}

  /**
   * 1-recall@R (Jégou et al., TPAMI 2011): the share of queries whose nearest neighbour is among
   * the first {@code depth} returned.
   *
   * @param returned [query][rank]
   * @param exact [query][rank], at least one each
   */
  public static double ofNearest(long[][] returned, long[][] exact, int depth) {
    return mean(returned, exact, 1, depth);
  }

  /**
   * k-recall@k: the mean share of the exact {@code k} nearest among the first {@code k} returned.
   *
   * @param returned [query][rank]
   * @param exact [query][rank], at least {@code k} each
   */
  public static double ofNearestK(long[][] returned, long[][] exact, int k) {
    return mean(returned, exact, k, k);
  }

  private static double mean(long[][] returned, long[][] exact, int wanted, int depth) {
    if (returned.length != exact.length || exact.length == 0) {
      throw new IllegalArgumentException(
          returned.length
              + " queries returned, "
              + exact.length
              + " exact: must be as many, not 0");
    }
    if (wanted < 1 || depth < wanted) {
      throw new IllegalArgumentException("Recall of " + wanted + " among the first " + depth);
    }
    long found = 0;
    for (int query = 0; query < exact.length; query++) {
      if (exact[query].length < wanted) {
        throw new IllegalArgumentException(
            "Query " + query + " has " + exact[query].length + " exact neighbours of " + wanted);
      }
      found += found(returned[query], exact[query], wanted, depth);
    }
    return (double) found / wanted / exact.length;
  }

  private static long found(long[] returned, long[] exact, int wanted, int depth) {
    Set<Long> first = new HashSet<>();
    Arrays.stream(returned).limit(depth).forEach(first::add);
    return Arrays.stream(exact).limit(wanted).filter(first::contains).count();
  }
}
