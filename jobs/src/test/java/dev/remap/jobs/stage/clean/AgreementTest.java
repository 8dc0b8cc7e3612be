package dev.remap.jobs.stage.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgreementTest {
  /**
   * Neighbours at scores from 0 to 1: half of them match at .4 and fewer below, and of those that
   * match so many are of one group.
   */
  private static Agreement neighbours(double right, double chance, long seed) {
    Random random = new Random(seed);
    Agreement agreement = new Agreement();
    for (int i = 0; i < 100_000; i++) {
      double score = random.nextDouble();
      boolean matches = random.nextDouble() < Math.min(1, Math.max(0, .5 + 5 * (score - .4)));
      agreement.add((float) score, random.nextDouble() < (matches ? right : chance));
    }
    return agreement;
  }

  @Test
  void theThresholdIsWhereHalfOfTheNeighboursOfOneGroupMatchHoweverManyLabelsAreWrong() {
    for (double right : new double[] {1, .8, .64, .36, .25}) {
      double matching = .06 / (right + .06);
      assertThat(neighbours(right, .06, 18).threshold(.06).orElseThrow())
          .as("%s", right)
          .isCloseTo(.4 + (matching - .5) / 5, within(.02));
    }
  }

  @Test
  void whatTasksCountAddsUpInAnyOrder() {
    Agreement one = neighbours(.6, .1, 1);
    one.add(neighbours(.6, .1, 2));
    Agreement other = neighbours(.6, .1, 2);
    other.add(neighbours(.6, .1, 1));

    assertThat(one.threshold(.1)).isEqualTo(other.threshold(.1)).isNotEmpty();
  }

  @Test
  void neighboursThatAreOfOneGroupByChanceTellNothing() {
    Agreement none = new Agreement();
    assertThat(none.threshold(.1)).isEqualTo(OptionalDouble.empty());
    for (int i = 0; i < 100; i++) {
      none.add(i / 100f, i % 20 == 0);
    }
    assertThat(none.threshold(.3)).isEqualTo(OptionalDouble.empty());
  }

  @Test
  void whereAllNeighboursMatchTheThresholdIsTheLowestScore() {
    Agreement all = new Agreement();
    for (int i = 0; i < 100; i++) {
      all.add(.305f + i / 200f, true);
    }
    all.add(-2, false);
    all.add(2, true);
    assertThat(all.threshold(.1)).hasValue(.3);
  }
}
