package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {
  /** The ranking + - J + - + with three relevant items. */
  private static final Relevance<String> WORKED =
      new Relevance<>(Set.of("a", "b", "c"), Set.of("junk"));

  private static final List<String> WORKED_RANKING =
      List.of("a", "wrong 1", "junk", "b", "wrong 2", "c");

  @Test
  void theWorkedExampleHasItsTwoScores() {
    int[] ranks = WORKED.ranks(WORKED_RANKING);
    assertThat(ranks).containsExactly(0, 2, 4);
    assertThat(AveragePrecision.trapezoidal(ranks, 3)).isEqualTo(0.711111, within(1e-6));
    assertThat(AveragePrecision.finiteSum(ranks, 3)).isEqualTo(0.755556, within(1e-6));
  }

  @Test
  void aPerfectRankingScoresOneAndAnEmptyOneZero() {
    assertThat(AveragePrecision.trapezoidal(new int[] {0, 1, 2}, 3)).isEqualTo(1);
    assertThat(AveragePrecision.finiteSum(new int[] {0, 1, 2}, 3)).isEqualTo(1);
    assertThat(AveragePrecision.trapezoidal(new int[0], 3)).isZero();
    assertThat(AveragePrecision.finiteSum(new int[0], 3)).isZero();
  }

  @Test
  void relevantItemsThatWereNotRetrievedAddNothing() {
    assertThat(AveragePrecision.finiteSum(new int[] {0}, 4)).isEqualTo(0.25);
    assertThat(AveragePrecision.trapezoidal(new int[] {0}, 4)).isEqualTo(0.25);
  }

  @Test
  void bothScoresEqualTheWalkAlongTheWholeRanking() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Integer> ranking = new ArrayList<>();
      Set<Integer> relevant = new HashSet<>();
      Set<Integer> junk = new HashSet<>();
      for (int item = 0; item < 1 + random.nextInt(60); item++) {
        ranking.add(item);
        (random.nextInt(3) == 0 ? relevant : random.nextInt(4) == 0 ? junk : new HashSet<Integer>())
            .add(item);
      }
      relevant.add(-1); // never retrieved
      Collections.shuffle(ranking, random);
      int[] ranks = new Relevance<>(relevant, junk).ranks(ranking);
      assertThat(AveragePrecision.trapezoidal(ranks, relevant.size()))
          .as("seed %d", seed)
          .isEqualTo(trapezoidalByWalking(ranking, relevant, junk), within(1e-12));
      assertThat(AveragePrecision.finiteSum(ranks, relevant.size()))
          .as("seed %d", seed)
          .isEqualTo(finiteSumByWalking(ranking, relevant, junk), within(1e-12));
    }
  }

  /** The area between consecutive points of the precision-recall curve, one item at a time. */
  private static double trapezoidalByWalking(
      List<Integer> ranking, Set<Integer> relevant, Set<Integer> junk) {
    double recall = 0;
    double precision = 1;
    double area = 0;
    double found = 0;
    double walked = 0;
    for (Integer item : ranking) {
      if (!junk.contains(item)) {
        walked++;
        found += relevant.contains(item) ? 1 : 0;
        double newRecall = found / relevant.size();
        double newPrecision = found / walked;
        area += (newRecall - recall) * (precision + newPrecision) / 2;
        recall = newRecall;
        precision = newPrecision;
      }
    }
    return area;
  }

  private static double finiteSumByWalking(
      List<Integer> ranking, Set<Integer> relevant, Set<Integer> junk) {
    List<Integer> kept = new ArrayList<>(ranking);
    kept.removeAll(junk);
    double sum = 0;
    for (int rank = 1; rank <= kept.size(); rank++) {
      if (relevant.contains(kept.get(rank - 1))) {
        List<Integer> head = new ArrayList<>(kept.subList(0, rank));
        head.retainAll(relevant);
        sum += (double) head.size() / rank;
      }
    }
    return sum / relevant.size();
  }

  @Test
  void whatIsNoRankingIsRefused() {
    assertThatThrownBy(() -> AveragePrecision.trapezoidal(new int[] {1, 1}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Rank 1 at position 1");
    assertThatThrownBy(() -> AveragePrecision.finiteSum(new int[] {-1}, 2))
        .hasMessageContaining("Rank -1");
    assertThatThrownBy(() -> AveragePrecision.finiteSum(new int[] {0, 1}, 1))
        .hasMessageContaining("2 relevant items retrieved of 1");
    assertThatThrownBy(() -> AveragePrecision.trapezoidal(new int[0], 0))
        .hasMessageContaining("of 0");
    assertThatThrownBy(() -> WORKED.ranks(List.of("a", "b", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a' is twice");
    assertThatThrownBy(() -> new Relevance<>(Set.of("a"), Set.of("a")))
        .hasMessageContaining("'a' is both");
  }
}
