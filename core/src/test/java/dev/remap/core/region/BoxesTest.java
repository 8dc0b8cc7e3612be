package dev.remap.core.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoxesTest {
  private static Boxes of(double x, double y, double width, double height) {
    Boxes.Builder builder = new Boxes.Builder();
    assertThat(builder.add(x, y, width, height, 1)).isTrue();
    return builder.build();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 1, 0, 0, 16, 12",
    "0.25, 0.25, 0.25, 0.5, 4, 3, 8, 9",
    "0.26, 0.26, 0.25, 0.5, 4, 3, 9, 10",
    "0.5, 0.5, 1e-6, 1e-6, 8, 6, 9, 7",
    "0.999999, 0.999999, 0.1, 0.1, 15, 11, 16, 12",
    "-0.5, -0.1, 0.75, 2, 0, 0, 4, 12",
    "0.1, 0.1, 0.2, 0.65, 1, 1, 5, 9",
  })
  void aBoxIsTheCellsThatItTouches(
      double x, double y, double width, double height, int left, int top, int right, int bottom) {
    assertThat(of(x, y, width, height).cells(0, 16, 12))
        .isEqualTo(new Boxes.Cells(left, top, right, bottom));
  }

  @Test
  void aSideOnACellsBorderTouchesNoMoreForRoundings() {
    // 0.1 + 0.2 is a little more than 0.3.
    assertThat(of(0.1, 0.1, 0.2, 0.2).cells(0, 10, 10)).isEqualTo(new Boxes.Cells(1, 1, 3, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0, 1, 1, 1",
    "0, 0, Infinity, 1, 1",
    "0, 0, 0, 1, 1",
    "0, 0, 1, -1, 1",
    "1, 0, 0.5, 1, 1",
    "0, 1.5, 1, 1, 1",
    "-1, 0, 1, 1, 1",
    "0, 0, 1, 1, NaN",
    "0, 0, 1, 1, -0.5",
    "0, 0, 1, 1, 1e300",
  })
  void whatIsEmptyOutsideOrNoNumberIsDropped(
      double x, double y, double width, double height, double score) {
    Boxes.Builder builder = new Boxes.Builder();
    assertThat(builder.add(x, y, width, height, score)).isFalse();
    assertThat(builder.size()).isZero();
    assertThat(builder.build()).isSameAs(Boxes.WHOLE);
  }

  @Test
  void boxesKeepTheirOrderAndScores() {
    Boxes.Builder builder = new Boxes.Builder();
    for (int i = 0; i < Boxes.MOST; i++) {
      assertThat(builder.add(0, 0, 1, 1, i)).isTrue();
    }
    Boxes boxes = builder.build();
    assertThat(boxes.size()).isEqualTo(Boxes.MOST);
    assertThat(boxes.score(0)).isZero();
    assertThat(boxes.score(Boxes.MOST - 1)).isEqualTo(Boxes.MOST - 1f);
    assertThatThrownBy(() -> builder.add(0, 0, 1, 1, 1))
        .hasMessageContaining("more than 1000 boxes");
  }
}
