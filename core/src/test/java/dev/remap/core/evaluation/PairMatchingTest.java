package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairMatchingTest {
  private static PairMatching of(double[] matching, double[] nonMatching) {
    return PairMatching.of(0.01, matching, nonMatching, 7);
  }

  private static double[] random(Random random, int count, double mean) {
    // Coarse, so that some are equal.
    return DoubleStream.generate(() -> Math.rint((mean + random.nextGaussian()) * 20) / 20)
        .limit(count)
        .toArray();
  }

  /** By trying every score as a threshold. */
  @Test
  void theThresholdIsTheLowestThatLetsOneInAHundredThrough() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      double[] matching = random(random, 1 + random.nextInt(80), 1.5);
      double[] nonMatching = random(random, 1 + random.nextInt(500), 0);
      double lowest = Double.POSITIVE_INFINITY;
      for (double threshold : nonMatching) {
        long above = Arrays.stream(nonMatching).filter(score -> score > threshold).count();
        if (above * 100 <= nonMatching.length) {
          lowest = Math.min(lowest, threshold);
        }
      }
      double threshold = lowest;
      PairMatching found = of(matching, nonMatching);

      assertThat(found.threshold()).as("seed %d", seed).isEqualTo(threshold);
      assertThat(found.falsePositives())
          .isEqualTo(
              (double) Arrays.stream(nonMatching).filter(score -> score > threshold).count()
                  / nonMatching.length)
          .isLessThanOrEqualTo(0.01);
      assertThat(found.truePositives())
          .isEqualTo(
              (double) Arrays.stream(matching).filter(score -> score > threshold).count()
                  / matching.length);
      assertThat(found.lower()).isLessThanOrEqualTo(found.truePositives());
      assertThat(found.upper()).isGreaterThanOrEqualTo(found.truePositives());
    }
  }

  @Test
  void aHundredPairsAllowOneFalsePositiveAndFewerNone() {
    double[] hundred = IntStream.range(0, 100).mapToDouble(i -> i).toArray();
    assertThat(of(new double[] {98.5}, hundred).threshold()).isEqualTo(98);
    assertThat(of(new double[] {98.5}, hundred).truePositives()).isEqualTo(1);
    double[] fewer = Arrays.copyOfRange(hundred, 1, 100);
    assertThat(of(new double[] {98.5}, fewer).threshold()).isEqualTo(99);
    assertThat(of(new double[] {98.5}, fewer).truePositives()).isZero();
  }

  @Test
  void whatIsNotIndexedNeverMatches() {
    PairMatching found =
        of(new double[] {5, Double.NEGATIVE_INFINITY, 6, 7}, new double[] {1, 2, 3});
    assertThat(found.truePositives()).isEqualTo(0.75);
    assertThatThrownBy(() -> of(new double[0], new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 matching and 1 non-matching");
  }

  /** The interval of a share of many pairs is that of the normal approximation. */
  @Test
  void theIntervalIsAsWideAsChanceMakesIt() {
    double[] matching = IntStream.range(0, 400).mapToDouble(i -> i < 300 ? 2 : 0).toArray();
    double[] nonMatching = new double[1000];
    PairMatching found = of(matching, nonMatching);
    double half = 1.96 * Math.sqrt(0.75 * 0.25 / 400);
    assertThat(found.lower()).isEqualTo(0.75 - half, within(0.01));
    assertThat(found.upper()).isEqualTo(0.75 + half, within(0.01));
  }
}
