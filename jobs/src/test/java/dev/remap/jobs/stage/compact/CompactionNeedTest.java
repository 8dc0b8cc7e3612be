package dev.remap.jobs.stage.compact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompactionNeedTest {
  private static final CompactionNeed NEED = new CompactionNeed(0.2, 8);

  @Test
  void allIsWrittenAgainAboveTheShareAndTheUpperLayersAboveTheirNumber() {
    assertThat(NEED.rows(new CompactionNeed.Layers(1000, 200, 8))).isZero();
    assertThat(NEED.rows(new CompactionNeed.Layers(1000, 201, 1))).isEqualTo(1201);
    assertThat(NEED.rows(new CompactionNeed.Layers(1000, 150, 9))).isEqualTo(150);
    assertThat(NEED.rows(new CompactionNeed.Layers(1000, 0, 0))).isZero();
  }

  /** Nights of 2 %: the ninth merges 18 %, the eleventh writes 122 %. */
  @Test
  void aNightInTheMeanBearsItsPartOfTheNextFullCompaction() {
    assertThat(NEED.perNight(1000, 20)).isEqualTo((180 + 1220) / 11);
  }

  @Test
  void nightsOfNothingNeverAddUp() {
    assertThat(NEED.perNight(1000, 0)).isZero();
  }
}
