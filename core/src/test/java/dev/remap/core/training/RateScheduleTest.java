package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateScheduleTest {
  @Test
  void ratesRiseInALineAndThenFallByTheSameShareEachEpoch() {
    RateSchedule schedule = new RateSchedule(2, 0.01);
    assertThat(schedule.factor(0.5)).isEqualTo(0.25);
    assertThat(schedule.factor(2)).isEqualTo(1);
    assertThat(schedule.factor(3)).isCloseTo(Math.exp(-0.01), within(1e-15));
    assertThat(schedule.factor(12)).isCloseTo(Math.exp(-0.1), within(1e-15));
    assertThat(RateSchedule.CONSTANT.factor(0.01)).isEqualTo(1);
    assertThat(RateSchedule.CONSTANT.factor(40)).isEqualTo(1);
  }
}
