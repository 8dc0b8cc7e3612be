package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecallTest {
  private static final long[][] EXACT = {{1, 2, 3}, {4, 5, 6}};
  private static final long[][] RETURNED = {{9, 1, 3}, {6, 5, 8}};

  @Test
  void nearestCountsTheQueriesWhoseNearestIsThere() {
    assertThat(Recall.ofNearest(RETURNED, EXACT, 1)).isZero();
    assertThat(Recall.ofNearest(RETURNED, EXACT, 2)).isEqualTo(0.5);
    assertThat(Recall.ofNearest(RETURNED, EXACT, 3)).isEqualTo(0.5);
  }

  @Test
  void nearestKCountsWhatTheTwoHeadsShare() {
    assertThat(Recall.ofNearestK(RETURNED, EXACT, 3)).isEqualTo(4 / 6.0);
    assertThat(Recall.ofNearestK(RETURNED, EXACT, 2)).isEqualTo(2 / 4.0);
    assertThat(Recall.ofNearestK(EXACT, EXACT, 3)).isEqualTo(1);
  }

  @Test
  void neighboursThatWereNotReturnedOrReturnedTwiceAreNotFound() {
    long[][] returned = {{1, 1, 1}, {}};
    assertThat(Recall.ofNearestK(returned, EXACT, 3)).isEqualTo(1 / 6.0);
    assertThat(Recall.ofNearest(returned, EXACT, 100)).isEqualTo(0.5);
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> Recall.ofNearest(new long[1][], EXACT, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 queries returned, 2 exact");
    assertThatThrownBy(() -> Recall.ofNearestK(RETURNED, EXACT, 4))
        .hasMessageContaining("Query 0 has 3 exact neighbours of 4");
    assertThatThrownBy(() -> Recall.ofNearestK(RETURNED, EXACT, 0)).hasMessageContaining("of 0");
    assertThatThrownBy(() -> Recall.ofNearest(new long[0][], new long[0][], 1))
        .hasMessageContaining("not 0");
  }
}
