package dev.remap.core.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.entropy.RelativeEntropy.Divergence;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativeEntropyTest {
  private static final double RANGE = Math.sqrt(2);

  /**
   * Distances of matching pairs have the density Beta(2, 3), of others Beta(2, 2), both stretched
   * to [0, √2], which changes no divergence. Of whole numbers these are order statistics of uniform
   * numbers, and with H the harmonic numbers KL(m‖n) = ln 2 + H2 - H4 and KL(n‖m) = -ln 2 + H3 -
   * H1.
   */
  private static final double FORWARD = Math.log(2) - (1 / 3.0 + 1 / 4.0);

  private static final double REVERSE = -Math.log(2) + (1 / 2.0 + 1 / 3.0);

  private static double orderStatistic(Random random, int of) {
    double[] values = random.doubles(of).sorted().toArray();
    return values[1] * RANGE;
  }

  private static DistanceHistograms sampled(long seed, int pairs) {
    Random random = new Random(seed);
    DistanceHistograms histograms = new DistanceHistograms(1, 1, 100, RANGE);
    for (int i = 0; i < pairs; i++) {
      histograms.add(Pairs.MATCHING, 0, 0, orderStatistic(random, 4));
      histograms.add(Pairs.NON_MATCHING, 0, 0, orderStatistic(random, 3));
    }
    return histograms;
  }

  private static double estimate(Divergence divergence, long seed, int pairs) {
    return new RelativeEntropy(divergence, 1e-6)
        .weights(sampled(seed, pairs), 1, List.of("tap"))
        .perTap()[0][0];
  }

  @ParameterizedTest
  @CsvSource({"FORWARD", "REVERSE", "SYMMETRIC"})
  void theEstimateConvergesToTheAnalyticDivergence(Divergence divergence) {
    double truth =
        switch (divergence) {
          case FORWARD -> FORWARD;
          case REVERSE -> REVERSE;
          case SYMMETRIC -> (FORWARD + REVERSE) / 2;
        };
    int[] pairs = {500, 4_000, 32_000};
    double[] errors = new double[pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      double squares = 0;
      for (int seed = 0; seed < 12; seed++) {
        double error = estimate(divergence, 100 + seed, pairs[i]) - truth;
        squares += error * error;
      }
      errors[i] = Math.sqrt(squares / 12);
    }
    double rate = Math.log(errors[2] / errors[0]) / Math.log(pairs[2] / (double) pairs[0]);
    String found =
        "%s: truth %.4f, errors %s at %s pairs, falling as pairs^%.2f"
            .formatted(divergence, truth, Arrays.toString(errors), Arrays.toString(pairs), rate);
    System.out.println(found);
    assertThat(rate).as(found).isLessThan(-0.5);
    assertThat(errors[2] / truth).as(found).isLessThan(0.1);
  }

  @Test
  void aSmallCaseIsWhatTheFormulaSays() {
    // p = (1, 3)/4, q = (2, 2)/4, floor 1: p ← (p + 1/2) / 2.
    double[] p = {0.375, 0.625};
    double forward = p[0] * Math.log(p[0] / 0.5) + p[1] * Math.log(p[1] / 0.5);
    double reverse = 0.5 * Math.log(0.5 / p[0]) + 0.5 * Math.log(0.5 / p[1]);
    long[] matching = {1, 3};
    long[] others = {2, 2};
    assertThat(new RelativeEntropy(Divergence.FORWARD, 1).between(matching, others))
        .isCloseTo(forward, within(1e-15));
    assertThat(new RelativeEntropy(Divergence.REVERSE, 1).between(matching, others))
        .isCloseTo(reverse, within(1e-15));
    assertThat(new RelativeEntropy(Divergence.SYMMETRIC, 1).between(matching, others))
        .isCloseTo((forward + reverse) / 2, within(1e-15));
  }

  @Test
  void histogramsApartHaveAFiniteWeight() {
    double apart =
        new RelativeEntropy(Divergence.FORWARD, 1e-4).between(new long[] {9, 0}, new long[] {0, 7});
    assertThat(apart).isCloseTo(Math.log(2e4), within(1e-3));
  }

  @Test
  void aConstantRegionHasWeightZero() {
    DistanceHistograms histograms = new DistanceHistograms(1, 2, 10, RANGE);
    histograms.add(Pairs.MATCHING, 0, 0, 0);
    histograms.add(Pairs.NON_MATCHING, 0, 0, 0);
    histograms.add(Pairs.MATCHING, 0, 1, 0);
    histograms.add(Pairs.NON_MATCHING, 0, 1, 1);
    float[] weights =
        new RelativeEntropy(Divergence.FORWARD, 1e-4)
            .weights(histograms, 1, List.of("tap"))
            .perTap()[0];
    assertThat(weights[0]).isZero();
    assertThat(weights[1]).isPositive();
  }

  @Test
  void anEmptyHistogramIsAnErrorThatNamesTapAndRegion() {
    DistanceHistograms histograms = new DistanceHistograms(2, 2, 10, RANGE);
    for (int tap = 0; tap < 2; tap++) {
      for (int region = 0; region < 2; region++) {
        histograms.add(Pairs.MATCHING, tap, region, 0.5);
        if (tap + region < 2) {
          histograms.add(Pairs.NON_MATCHING, tap, region, 0.5);
        }
      }
    }
    assertThatThrownBy(
            () ->
                new RelativeEntropy(Divergence.FORWARD, 1e-4)
                    .weights(histograms, 1, List.of("last", "before")))
        .hasMessageContaining("non-matching pairs is empty in region 2 of tap 'before'");
  }

  @Test
  void withoutAFloorNothingIsCompared() {
    assertThatThrownBy(() -> new RelativeEntropy(Divergence.FORWARD, 0))
        .hasMessageContaining("above 0");
  }
}
