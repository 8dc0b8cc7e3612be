package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitSizeTest {
  private final UnitSize size = new UnitSize(16_384);

  @Test
  void unitsGrowWithTheRootOfTheWorkBetweenTheirBounds() {
    assertThat(size.ofImages(465, 8, 0.01)).isEqualTo(128);
    assertThat(size.ofImages(10_000, 8, 0.01)).isEqualTo(142);
    assertThat(size.ofImages(1_000_000, 8, 0.01)).isEqualTo(1415);
    assertThat(size.ofImages(1_000_000_000_000L, 8, 0.01)).isEqualTo(16_384);
    assertThat(size.ofRows(10_000)).isEqualTo(4096);
    assertThat(size.ofRows(1_000_000)).isEqualTo(4096);
    assertThat(size.ofRows(50_000_000)).isEqualTo(10_000);
    assertThat(size.ofImages(0, 8, 0.01)).isEqualTo(128);
  }

  @Test
  void unitsOfSlowImagesMayHaveFewerOfThem() {
    assertThat(size.ofImages(465, 8, 0.1)).isEqualTo(100);
    assertThat(size.ofImages(465, 1, 0.1)).isEqualTo(100);
    assertThat(size.ofImages(465, 8, 1)).isEqualTo(64);
    assertThat(size.ofImages(465, 1, 1)).isEqualTo(31);
    assertThat(size.ofImages(10, 1, 60)).isEqualTo(8);
    assertThat(size.ofImages(10_000, 1, 60)).isEqualTo(142);
    assertThat(size.ofImages(465, 32, 0.01)).isEqualTo(256);
  }

  @Test
  void theSettingIsTheMost() {
    assertThat(new UnitSize(7).ofImages(10_000, 8, 0.01)).isEqualTo(7);
    assertThat(new UnitSize(100).ofRows(10_000)).isEqualTo(100);
  }
}
