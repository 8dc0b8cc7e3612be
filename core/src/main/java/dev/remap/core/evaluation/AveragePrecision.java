package dev.remap.core.evaluation;

/**
 * Average precision of one ranking, in 0..1, from the ranks of its relevant items: 0-based, rising,
 * with junk already taken out (see {@link Relevance#ranks}). Relevant items that were not retrieved
 * have no rank and add nothing. The mean over queries is mAP; a query without relevant items has no
 * average precision and stays out of that mean.
 */
public final class AveragePrecision {
  private AveragePrecision() {}

  /**
   * The area under the linearly interpolated precision-recall curve, as Oxford5k, Paris6k, their
   * revisited versions and Holidays are scored (Philbin et al., CVPR 2007, {@code compute_ap}):
   * each relevant item adds the mean of the precision before and after it.
   *
   * @param ranks ranks of the relevant items retrieved
   * @param relevant how many there are, retrieved or not
   */
  public static double trapezoidal(int[] ranks, int relevant) {
    check(ranks, relevant);
    double sum = 0;
    for (int found = 0; found < ranks.length; found++) {
      int rank = ranks[found];
      double before = rank == 0 ? 1 : (double) found / rank;
      double after = (found + 1.0) / (rank + 1);
      sum += (before + after) / 2;
    }
    return sum / relevant;
  }

  /**
   * The mean of the precision at each relevant item, as MPEG CDVS and Google Landmarks are scored.
   * Both cut the ranking first (at 500 and at 100 results); the latter passes {@code min(relevant,
   * 100)}.
   *
   * @param ranks ranks of the relevant items retrieved
   * @param relevant how many there are, retrieved or not
   */
  public static double finiteSum(int[] ranks, int relevant) {
    check(ranks, relevant);
    double sum = 0;
    for (int found = 0; found < ranks.length; found++) {
      sum += (found + 1.0) / (ranks[found] + 1);
    }
    return sum / relevant;
  }

  private static void check(int[] ranks, int relevant) {
    if (relevant < 1 || ranks.length > relevant) {
      throw new IllegalArgumentException(
          ranks.length + " relevant items retrieved of " + relevant + ": there must be 1 or more");
    }
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] < 0 || (i > 0 && ranks[i] <= ranks[i - 1])) {
        throw new IllegalArgumentException(
            "Rank " + ranks[i] + " at position " + i + ": ranks must rise from 0 or more");
      }
    }
  }
}
