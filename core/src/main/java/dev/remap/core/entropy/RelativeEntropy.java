package dev.remap.core.entropy;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.pooling.RegionWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The weight of a region: how far the distances of matching pairs are from those of non-matching
 * ones, as their relative entropy in nats (Kullback-Leibler divergence; Husain and Bober, TIP 2019,
 * fig. 2).
 *
 * <p>The paper does not say in which direction; the values that it prints exclude {@link
 * Divergence#REVERSE} alone, and {@link Divergence#FORWARD} is the simplest that fits them.
 *
 * @param floor mass ε that is spread evenly over the B bins before both histograms are compared, p
 *     ← (p + ε/B) / (1 + ε), so that an empty bin does not make the weight infinite; the forward
 *     weight moves by about a fifth for each factor of ten
 */
public record RelativeEntropy(Divergence divergence, double floor) {
  /** Which distribution is the reference. */
  public enum Divergence {
    /** Σ p_m ln(p_m / p_n). */
    FORWARD,
    /** Σ p_n ln(p_n / p_m). */
    REVERSE,
    /** Half the sum of both. */
    SYMMETRIC;

    /** By the name that a setting has for it. */
    public static Divergence of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  public RelativeEntropy {
    if (!(floor > 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "The floor of the histograms is " + floor + ": it must be above 0 and at most 1");
    }
  }

  /**
   * The weights of all regions. A region whose vectors are all the same has weight 0: it tells
   * nothing apart.
   *
   * @param levels of the grid that the regions are of
   * @param taps their names, for the message
   * @throws IllegalArgumentException naming the tap and the region whose histogram is empty
   */
  public RegionWeights weights(DistanceHistograms histograms, int levels, List<String> taps) {
    float[][] weights = new float[histograms.taps()][histograms.regions()];
    for (int tap = 0; tap < weights.length; tap++) {
      for (int region = 0; region < histograms.regions(); region++) {
        long[] matching = histograms.counts(Pairs.MATCHING, tap, region);
        long[] others = histograms.counts(Pairs.NON_MATCHING, tap, region);
        requireSome(matching, "matching", taps.get(tap), region);
        requireSome(others, "non-matching", taps.get(tap), region);
        weights[tap][region] =
            histograms.isConstant(tap, region) ? 0 : (float) between(matching, others);
      }
    }
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, levels, weights);
  }

  private static void requireSome(long[] counts, String pairs, String tap, int region) {
    if (Arrays.stream(counts).sum() == 0) {
      throw new IllegalArgumentException(
          "The histogram of %s pairs is empty in region %d of tap '%s': there is no such pair"
              .formatted(pairs, region + 1, tap));
    }
  }

  /**
   * The divergence of two histograms with as many bins, neither empty.
   *
   * @return in nats, 0 or more
   */
  public double between(long[] matching, long[] others) {
    double[] m = density(matching);
    double[] n = density(others);
    double value =
        switch (divergence) {
          case FORWARD -> relative(m, n);
          case REVERSE -> relative(n, m);
          case SYMMETRIC -> (relative(m, n) + relative(n, m)) / 2;
        };
    // Equal ones may come out a rounding below.
    return Math.max(0, value);
  }

  private double[] density(long[] counts) {
    double sum = Arrays.stream(counts).sum();
    return Arrays.stream(counts)
        .mapToDouble(count -> (count / sum + floor / counts.length) / (1 + floor))
        .toArray();
  }

  private static double relative(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] * StrictMath.log(p[i] / q[i]);
    }
    return sum;
  }
}
