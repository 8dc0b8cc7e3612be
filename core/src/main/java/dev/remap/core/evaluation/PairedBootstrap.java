package dev.remap.core.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How sure a difference between two systems is that answered the same queries: the paired bootstrap
 * (Efron and Tibshirani, 1993, chapters 13 and 8). What was drawn independently, the units, is
 * drawn again with replacement; several queries made from one image are one unit, as they succeed
 * and fail together.
 */
public final class PairedBootstrap {
  /** Resamples: enough that the ends of a 95 % interval move by less than a tenth of its width. */
  public static final int RESAMPLES = 2_000;

  private static final double TAIL = 0.025;

  private PairedBootstrap() {}

  /**
   * One query's score in both systems.
   *
   * @param unit what it was drawn with
   * @param before score in the system that is there
   * @param after score in the one that may replace it
   */
  public record Pair(long unit, double before, double after) {}

  /**
   * What was lost from before to after, in the mean over queries.
   *
   * @param before mean score of the system that is there
   * @param after mean score of the one that may replace it
   * @param lower end of the 95 % percentile interval of the drop
   * @param upper the other end
   * @param queries number of pairs
   * @param units number of units
   */
  public record Drop(
      double before, double after, double lower, double upper, int queries, int units) {
    /** Before less after: positive if something was lost. */
    public double mean() {
      return before - after;
    }

    /**
     * Whether more than {@code bound} was lost and chance is excluded: the mean drop is above the
     * bound, and the whole interval above zero.
     */
    public boolean exceeds(double bound) {
      return mean() > bound && lower > 0;
    }
  }

  /**
   * The drop over these queries; the same for the same pairs in the same order.
   *
   * @throws IllegalArgumentException if there is no pair
   */
  public static Drop of(List<Pair> pairs, long seed) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("There is no query to compare two systems by");
    }
    double[][] units = units(pairs);
    SplittableRandom random = new SplittableRandom(seed);
    double[] drops = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      drops[i] = resampled(units, random);
    }
    Arrays.sort(drops);
    int cut = (int) (TAIL * RESAMPLES);
    return new Drop(
        pairs.stream().mapToDouble(Pair::before).sum() / pairs.size(),
        pairs.stream().mapToDouble(Pair::after).sum() / pairs.size(),
        drops[cut],
        drops[RESAMPLES - 1 - cut],
        pairs.size(),
        units.length);
  }

  /** Per unit the sum of its drops and the number of its queries, in the order of units. */
  private static double[][] units(List<Pair> pairs) {
    TreeMap<Long, double[]> units = new TreeMap<>();
    for (Pair pair : pairs) {
      double[] unit = units.computeIfAbsent(pair.unit(), key -> new double[2]);
      unit[0] += pair.before() - pair.after();
      unit[1]++;
    }
    return units.values().toArray(double[][]::new);
  }

  private static double resampled(double[][] units, SplittableRandom random) {
    double sum = 0;
    double queries = 0;
    for (int i = 0; i < units.length; i++) {
      double[] unit = units[random.nextInt(units.length)];
      sum += unit[0];
      queries += unit[1];
    }
    return sum / queries;
  }
}
