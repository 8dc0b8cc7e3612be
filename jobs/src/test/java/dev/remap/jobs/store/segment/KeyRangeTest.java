package dev.remap.jobs.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyRangeTest {
  private final KeyRange range = new KeyRange(10, 20);

  @Test
  void includesBothEnds() {
    assertThat(range.contains(10)).isTrue();
    assertThat(range.contains(20)).isTrue();
    assertThat(range.contains(9)).isFalse();
    assertThat(range.contains(21)).isFalse();
    assertThat(KeyRange.ALL.contains(0)).isTrue();
    assertThat(KeyRange.ALL.contains(Long.MAX_VALUE)).isTrue();
  }

  @Test
  void overlapsWhereItSharesAKey() {
    assertThat(range.overlaps(new KeyRange(20, 30))).isTrue();
    assertThat(range.overlaps(new KeyRange(0, 10))).isTrue();
    assertThat(range.overlaps(new KeyRange(12, 13))).isTrue();
    assertThat(range.overlaps(KeyRange.ALL)).isTrue();
    assertThat(range.overlaps(new KeyRange(21, 30))).isFalse();
    assertThat(range.overlaps(new KeyRange(0, 9))).isFalse();
  }

  @Test
  void containsRangesThatLieInside() {
    assertThat(range.contains(new KeyRange(10, 20))).isTrue();
    assertThat(range.contains(new KeyRange(9, 20))).isFalse();
    assertThat(range.contains(new KeyRange(10, 21))).isFalse();
  }

  @Test
  void isNeitherNegativeNorEmpty() {
    assertThatThrownBy(() -> new KeyRange(-1, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new KeyRange(6, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 to 5");
  }
}
