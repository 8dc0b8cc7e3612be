package dev.remap.core.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistanceHistogramsTest {
  private static final double RANGE = Math.sqrt(2);

  private static DistanceHistograms empty() {
    return new DistanceHistograms(2, 3, 10, RANGE);
  }

  private record Seen(Pairs pairs, int tap, int region, double distance) {}

  private static List<Seen> seen(Random random) {
    List<Seen> all = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      all.add(
          new Seen(
              random.nextBoolean() ? Pairs.MATCHING : Pairs.NON_MATCHING,
              random.nextInt(2),
              random.nextInt(3),
              random.nextDouble() * 1.6));
    }
    return all;
  }

  @Test
  void countsDoNotDependOnTheNumberOfTasksNorOnTheirOrder() {
    Random random = new Random(7);
    List<Seen> all = seen(random);
    DistanceHistograms one = empty();
    all.forEach(it -> one.add(it.pairs, it.tap, it.region, it.distance));
    for (int tasks : List.of(2, 3, 7)) {
      Collections.shuffle(all, random);
      List<DistanceHistograms> parts = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        parts.add(empty());
      }
      for (int i = 0; i < all.size(); i++) {
        Seen it = all.get(i);
        parts.get(i % tasks).add(it.pairs, it.tap, it.region, it.distance);
      }
      Collections.shuffle(parts, random);
      DistanceHistograms sum = empty();
      parts.forEach(sum::merge);
      assertThat(sum).isEqualTo(one);
      assertThat(sum.toJson()).isEqualTo(one.toJson());
    }
  }

  @Test
  void whatLiesBeyondTheRangeIsInTheLastBinAndCounted() {
    DistanceHistograms histograms = empty();
    histograms.add(Pairs.MATCHING, 1, 2, 0);
    histograms.add(Pairs.MATCHING, 1, 2, RANGE);
    histograms.add(Pairs.MATCHING, 1, 2, 2);
    assertThat(histograms.counts(Pairs.MATCHING, 1, 2))
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 2);
    assertThat(histograms.beyond()).isEqualTo(1);
    assertThat(histograms.counts(Pairs.NON_MATCHING, 1, 2)).containsOnly(0);
  }

  @Test
  void vectorsAtRightAnglesAreNotBeyondWhatTheyCanDifferBy() {
    DistanceHistograms histograms = new DistanceHistograms(1, 1, 10, Math.sqrt(2));
    float third = (float) Math.sqrt(1.0 / 3);
    histograms.add(Pairs.MATCHING, 0, 0, Math.sqrt(1.0000001 + 3 * (double) third * third));
    histograms.add(Pairs.MATCHING, 0, 0, 1.42);
    assertThat(histograms.beyond()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -0.5})
  void whatIsNoDistanceIsRefused(double distance) {
    assertThatThrownBy(() -> empty().add(Pairs.MATCHING, 1, 2, distance))
        .hasMessageContaining("region 2 of tap 1 is " + distance);
  }

  @Test
  void histogramsOfAnotherShapeAreNotAdded() {
    assertThatThrownBy(() -> empty().merge(new DistanceHistograms(2, 3, 10, 1)))
        .hasMessageContaining("up to 1.0 do not add");
    assertThatThrownBy(() -> new DistanceHistograms(1, 1, 1, 1)).hasMessageContaining("two bins");
  }

  @Test
  void aRegionIsConstantOnlyIfNoPairDiffersInIt() {
    DistanceHistograms histograms = empty();
    assertThat(histograms.isConstant(0, 0)).isFalse();
    for (int region = 0; region < 3; region++) {
      for (Pairs pairs : Pairs.values()) {
        histograms.add(pairs, 0, region, region == 1 ? 1e-9 : 0);
      }
    }
    assertThat(histograms.isConstant(0, 0)).isTrue();
    assertThat(histograms.isConstant(0, 1)).isFalse();
  }
}
