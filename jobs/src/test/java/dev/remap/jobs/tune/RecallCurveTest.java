package dev.remap.jobs.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.quantizer.Probing;
import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.search.Neighbors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Worked by hand: queries 1, 2 and 3, of which the last has no other image. */
class RecallCurveTest {
  private static Neighbors found(int k, long[]... keys) {
    List<List<Neighbor>> rows = new ArrayList<>();
    for (long[] row : keys) {
      List<Neighbor> neighbors = new ArrayList<>();
      for (int i = 0; i < row.length; i++) {
        neighbors.add(new Neighbor(row[i], i));
      }
      rows.add(neighbors);
    }
    return new Neighbors(new long[] {1, 2, 3}, SearchResult.of(rows, k), 6_000_000);
  }

  private static long[] keys(long... keys) {
    return keys;
  }

  /** All three are images of the index. */
  private static LeftOut themselves() {
    LeftOut out = LeftOut.nothing();
    List.of(1L, 2L, 3L).forEach(key -> out.own().put(key, key));
    return out;
  }

  private static Probing lists(int nprobe) {
    return new Probing(nprobe, 0);
  }

  @Test
  void countsOthersAmongTheBestOfEachDepth() {
    Map<Long, long[]> exact = Map.of(1L, keys(1, 4, 5, 6), 2L, keys(7, 2, 8), 3L, keys(3));
    Neighbors found = found(4, keys(4, 1, 9, 5), keys(9, 8, 7), keys(3));

    RecallCurve curve = RecallCurve.of(List.of(found), exact, 2, List.of(2, 3), themselves());

    // Of 1: 4 and 5 are wanted; 4, 9, 5 were found. Of 2: 7 and 8; found 9, 8, 7.
    assertThat(curve.truths()).containsExactly(2, 2, 0);
    assertThat(curve.hits()[0]).containsExactly(1, 2);
    assertThat(curve.hits()[1]).containsExactly(1, 2);
    assertThat(curve.point(lists(8), 2, 0, 0.5))
        .isEqualTo(new OperatingPoint(lists(8), 2, 0.5, 0, 0.5));
    assertThat(curve.point(lists(8), 3, 1, 0.5).recall()).isEqualTo(1);
  }

  @Test
  void queriesThatAreNoImagesOfTheIndexLoseNothingOfWhatTheyFind() {
    Map<Long, long[]> exact = Map.of(1L, keys(1, 4, 5), 2L, keys(7, 2, 8), 3L, keys(3, 9));
    Neighbors found = found(3, keys(4, 1, 9), keys(9, 8, 7), keys(3, 8));

    RecallCurve curve = RecallCurve.of(List.of(found), exact, 2, List.of(2, 3), LeftOut.nothing());

    // Of 1: 1 and 4 are wanted. Of 2: 7 and 2. Of 3: 3 and 9.
    assertThat(curve.truths()).containsExactly(2, 2, 2);
    assertThat(curve.hits()).isDeepEqualTo(new int[][] {{2, 2}, {0, 1}, {1, 1}});
  }

  @Test
  void theErrorIsThatOfTheMean() {
    Map<Long, long[]> exact = Map.of(1L, keys(4, 5), 2L, keys(7, 8), 3L, keys(9, 10));
    Neighbors found = found(2, keys(4, 5), keys(7, 6), keys(11, 12));

    OperatingPoint point =
        RecallCurve.of(List.of(found), exact, 2, List.of(2), themselves()).point(lists(1), 2, 0, 0);

    assertThat(point.recall()).isEqualTo(0.5);
    // Of 1, ½ and 0: their standard deviation ½, over √3.
    assertThat(point.error()).isCloseTo(0.5 / Math.sqrt(3), within(1e-12));
  }

  @Test
  void theCheapestThatIsEnoughIsTakenOrTheNearestToIt() {
    OperatingPoint one = new OperatingPoint(lists(1), 10, 0.5, 0, 1);
    OperatingPoint two = new OperatingPoint(lists(2), 10, 0.9, 0, 2);
    OperatingPoint deep = new OperatingPoint(lists(2), 20, 0.95, 0, 2);
    OperatingPoint four = new OperatingPoint(lists(4), 10, 0.95, 0, 4);
    List<OperatingPoint> all = List.of(one, two, deep, four);

    assertThat(new Target.Recall(0.9).best(all)).isEqualTo(two);
    assertThat(new Target.Recall(0.95).best(all)).isEqualTo(deep);
    assertThat(new Target.Recall(0.99).best(all)).isEqualTo(deep);
    assertThat(new Target.Recall(0.99).isMet(deep)).isFalse();
    assertThat(new Target.Millis(3).best(all)).isEqualTo(deep);
    assertThat(new Target.Millis(0.5).best(all)).isEqualTo(one);
  }

  @Test
  void ofAGraphOverTheCentroidsTheCheapestIsThatOfTheLeastTime() {
    OperatingPoint wide = new OperatingPoint(new Probing(2, 512), 10, 0.95, 0, 3);
    OperatingPoint many = new OperatingPoint(new Probing(4, 16), 10, 0.95, 0, 2);

    assertThat(new Target.Recall(0.9).best(List.of(wide, many))).isEqualTo(many);
  }
}
