package dev.remap.jobs.stage.quantize;

import java.util.Arrays;

/** How many of k centroids each cluster gets. */
final class ListShares {
  private ListShares() {}

  /**
   * In proportion to the sizes: at least one for each cluster that is not empty, and never more
   * than it has vectors. What rounding leaves over goes to those with the most vectors for a
   * centroid, ties to the first.
   *
   * @param k at most the sum of the sizes
   * @param most vectors that count of one cluster: where this leaves fewer than k, so do the shares
   */
  static int[] of(long[] sizes, int k, int most) {
    long all = Arrays.stream(sizes).sum();
    int[] shares = new int[sizes.length];
    int given = 0;
    long room = 0;
    for (int i = 0; i < sizes.length; i++) {
      long inProportion = (long) ((double) sizes[i] * k / Math.max(1, all));
      int limit = (int) Math.min(sizes[i], most);
      shares[i] = (int) Math.min(limit, Math.max(inProportion, 1));
      given += shares[i];
      room += limit;
    }
    int wanted = (int) Math.min(k, room);
    while (given < wanted) {
      shares[next(sizes, shares, most)]++;
      given++;
    }
    while (given > wanted) {
      shares[fewest(sizes, shares)]--;
      given--;
    }
    return shares;
  }

  private static double each(long[] sizes, int[] shares, int i) {
    return (double) sizes[i] / shares[i];
  }

  private static int next(long[] sizes, int[] shares, int most) {
    int best = -1;
    for (int i = 0; i < sizes.length; i++) {
      boolean possible = shares[i] < Math.min(sizes[i], most);
      if (possible && (best < 0 || each(sizes, shares, i) > each(sizes, shares, best))) {
        best = i;
      }
    }
    return best;
  }

  private static int fewest(long[] sizes, int[] shares) {
    int best = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (shares[i] > 1 && (best < 0 || each(sizes, shares, i) < each(sizes, shares, best))) {
        best = i;
      }
    }
    return best;
  }
}
