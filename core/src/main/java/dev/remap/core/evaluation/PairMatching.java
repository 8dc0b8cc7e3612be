package dev.remap.core.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Whether two images show the same, told by a threshold on their score: they match if it is above.
 * The threshold is the lowest at which no larger share of the pairs that do not match is taken for
 * matching, as MPEG CDVS's evaluation framework fixes it.
 *
 * @param threshold the lowest such one
 * @param falsePositives share of the non-matching pairs above it
 * @param truePositives share of the matching pairs above it
 * @param lower end of the 95 % percentile interval of the true positives; both lists are drawn
 *     anew, and so is the threshold
 * @param upper the other end
 */
public record PairMatching(
    double threshold, double falsePositives, double truePositives, double lower, double upper) {
  private static final double TAIL = 0.025;

  /** So that one in a hundred of a hundred is one. */
  private static final double ROUNDING = 1e-9;

  /**
   * Chooses the threshold; the same for the same scores in any order.
   *
   * @param most share of the non-matching pairs that may be above it, below 1
   * @param matching scores of pairs that match; negative infinity where there is none
   * @param nonMatching scores of pairs that do not
   * @throws IllegalArgumentException if there are no pairs of either kind
   */
  public static PairMatching of(double most, double[] matching, double[] nonMatching, long seed) {
    if (matching.length == 0 || nonMatching.length == 0) {
      throw new IllegalArgumentException(
          "Of %d matching and %d non-matching pairs no threshold can be chosen"
              .formatted(matching.length, nonMatching.length));
    }
    double[] right = falling(matching);
    double[] wrong = falling(nonMatching);
    int allowed = (int) Math.floor(most * wrong.length + ROUNDING);
    double threshold = wrong[allowed];
    SplittableRandom random = new SplittableRandom(seed);
    double[] shares = new double[PairedBootstrap.RESAMPLES];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = share(right, drawn(wrong, allowed, random), random);
    }
    Arrays.sort(shares);
    int cut = (int) (TAIL * shares.length);
    return new PairMatching(
        threshold,
        above(wrong, threshold),
        above(right, threshold),
        shares[cut],
        shares[shares.length - 1 - cut]);
  }

  private static double[] falling(double[] scores) {
    return Arrays.stream(scores).map(score -> -score).sorted().map(score -> -score).toArray();
  }

  private static double above(double[] scores, double threshold) {
    return (double) Arrays.stream(scores).filter(score -> score > threshold).count()
        / scores.length;
  }

  /** The threshold of as many that are drawn with replacement. */
  private static double drawn(double[] falling, int allowed, SplittableRandom random) {
    int[] times = new int[falling.length];
    for (int i = 0; i < falling.length; i++) {
      times[random.nextInt(falling.length)]++;
    }
    int last = 0;
    for (int seen = times[0]; seen <= allowed; seen += times[last]) {
      last++;
    }
    return falling[last];
  }

  private static double share(double[] scores, double threshold, SplittableRandom random) {
    int above = 0;
    for (int i = 0; i < scores.length; i++) {
      above += scores[random.nextInt(scores.length)] > threshold ? 1 : 0;
    }
    return (double) above / scores.length;
  }
}
