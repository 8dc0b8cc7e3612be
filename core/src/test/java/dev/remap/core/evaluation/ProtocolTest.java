package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProtocolTest {
  private static double score(Protocol protocol, String metric, int[] ranks, int relevant) {
    return protocol.metrics().stream()
        .filter(one -> one.label().equals(metric))
        .findFirst()
        .orElseThrow()
        .score(ranks, relevant);
  }

  @Test
  void workedExamplesHaveTheirScores() {
    assertThat(score(Protocol.OXFORD5K, "mAP", new int[] {0, 2, 5}, 3))
        .isEqualTo(0.677778, within(1e-6));
    // Positions 1, 3 and 5: of the first five, three.
    assertThat(score(Protocol.ROXFORD5K, "mP@10", new int[] {0, 2, 4}, 3)).isEqualTo(0.6);
    assertThat(score(Protocol.ROXFORD5K, "mP@1", new int[] {0, 2, 4}, 3)).isEqualTo(1);
    // One that was not retrieved comes behind all that were.
    assertThat(score(Protocol.ROXFORD5K, "mP@10", new int[] {0, 2, 4}, 4)).isEqualTo(0.3);
    assertThat(score(Protocol.ROXFORD5K, "mP@5", new int[0], 4)).isZero();
    assertThat(score(Protocol.UKBENCH, "N-S", new int[] {0, 1, 3, 9}, 4)).isEqualTo(3);
    assertThat(score(Protocol.CDVS, "top match", new int[] {1}, 1)).isZero();
    assertThat(score(Protocol.CDVS, "top match", new int[] {0, 1}, 3)).isEqualTo(1);
  }

  @Test
  void whatLiesBehindTheDepthOfAProtocolDoesNotCount() {
    assertThat(score(Protocol.GLDV2, "mAP@100", new int[] {0, 100}, 2)).isEqualTo(0.5);
    assertThat(score(Protocol.CDVS, "mAP@500", new int[] {0, 499, 500}, 3))
        .isEqualTo((1 + 2 / 500.0) / 3, within(1e-12));
    // More than a hundred to find are as good as a hundred.
    int[] perfect = IntStream.range(0, 130).toArray();
    assertThat(score(Protocol.GLDV2, "mAP@100", perfect, 130)).isEqualTo(1);
    assertThat(score(Protocol.CDVS, "mAP@500", perfect, 130)).isEqualTo(1);
  }

  @Test
  void recallsOfTheNearestHaveTheirScores() {
    assertThat(score(Protocol.ANN, "@1", new int[] {0}, 1)).isEqualTo(1);
    assertThat(score(Protocol.ANN, "@1", new int[] {1}, 1)).isZero();
    assertThat(score(Protocol.ANN, "@10", new int[] {9}, 1)).isEqualTo(1);
    assertThat(score(Protocol.ANN, "@10", new int[] {10}, 1)).isZero();
    assertThat(score(Protocol.ANN, "@100", new int[] {99}, 1)).isEqualTo(1);
    assertThat(score(Protocol.ANN, "@10", new int[] {0, 1, 2, 9, 10, 11}, 10)).isEqualTo(0.4);
    assertThat(Protocol.ANN.metrics(Protocol.NEAREST)).hasSize(3);
    assertThat(Protocol.ANN.metrics(Protocol.NEAREST_TEN))
        .singleElement()
        .satisfies(metric -> assertThat(metric.label()).isEqualTo("@10"));
  }

  /** As its authors' scorer: mean precision at what was found, times the share that was found. */
  @Test
  void iliasIsThePrecisionAtTheFoundTimesTheirShare() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int relevant = 1 + random.nextInt(1200);
      int[] ranks = random.ints(0, 1500).distinct().limit(random.nextInt(relevant)).toArray();
      Arrays.sort(ranks);
      double precision = 0;
      int found = 0;
      for (int rank = 0; rank < 1000; rank++) {
        if (Arrays.binarySearch(ranks, rank) >= 0) {
          found++;
          precision += (double) found / (rank + 1);
        }
      }
      double expected = found == 0 ? 0 : precision / found * found / Math.min(1000, relevant);
      assertThat(score(Protocol.ILIAS, "mAP@1000", ranks, relevant))
          .as("seed %d", seed)
          .isEqualTo(expected, within(1e-12));
    }
  }

  /** By walking the ranking item by item, as the definitions read. */
  @Test
  void meanPrecisionIsThatOfAWalkAlongTheRanking() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int length = 1 + random.nextInt(40);
      int relevant = 1 + random.nextInt(length);
      List<Boolean> ranking = new ArrayList<>(Collections.nCopies(length, false));
      for (int i = 0; i < relevant; i++) {
        ranking.set(i, true);
      }
      Collections.shuffle(ranking, random);
      int[] ranks = IntStream.range(0, length).filter(ranking::get).toArray();
      for (int k : new int[] {1, 5, 10}) {
        int last = ranking.lastIndexOf(true) + 1;
        int depth = Math.min(last, k);
        double hits = 0;
        for (int i = 0; i < depth; i++) {
          hits += ranking.get(i) ? 1 : 0;
        }
        assertThat(score(Protocol.RPARIS6K, "mP@" + k, ranks, relevant))
            .as("seed %d, %s", seed, Arrays.toString(ranks))
            .isEqualTo(hits / depth, within(1e-12));
      }
    }
  }

  @Test
  void anUnknownNameIsToldWhichThereAre() {
    assertThat(Protocol.of("ROxford5k")).isEqualTo(Protocol.ROXFORD5K);
    assertThatThrownBy(() -> Protocol.of("oxford"))
        .hasMessageContaining("'oxford'")
        .hasMessageContaining("oxford5k, paris6k, roxford5k");
  }
}
