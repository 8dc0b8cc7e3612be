package dev.remap.jobs.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.rerank.RerankChain;
import dev.remap.index.shard.Neighbor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersTest {
  private static final int IMAGES = 60;
  private static final int DIMENSION = 24;

  /** Lists of k-reciprocal neighbours may end between equal vectors, whose scores then differ. */
  @ParameterizedTest
  @ValueSource(strings = {"exact", "super-global", "heat", "heat:ground=0.3"})
  void equalVectorsStandByTheirKeysWhateverTheirOrderWas(String method) {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      float[][] vectors = new float[IMAGES][];
      List<Neighbor> best = new ArrayList<>();
      for (int i = 0; i < IMAGES; i++) {
        // Every other is one of those before it.
        vectors[i] = i % 2 == 1 ? vectors[random.nextInt(i)] : unit(random);
        best.add(new Neighbor(random.nextLong() >>> 1, i));
      }

      List<Neighbor> ordered =
          Orders.ordered(RerankChain.parse(method).steps().get(0), best, unit(random), vectors);

      assertThat(ordered).extracting(Neighbor::distance).isSorted();
      for (int i = 1; i < IMAGES; i++) {
        if (vector(ordered.get(i - 1), best, vectors) == vector(ordered.get(i), best, vectors)) {
          assertThat(ordered.get(i - 1).key())
              .as("seed %d, place %d", seed, i)
              .isLessThan(ordered.get(i).key());
        }
      }
      assertThat(ordered).extracting(Neighbor::key).doesNotHaveDuplicates().hasSize(IMAGES);
    }
  }

  private static float[] vector(Neighbor one, List<Neighbor> best, float[][] vectors) {
    return vectors[best.stream().map(Neighbor::key).toList().indexOf(one.key())];
  }

  /** Near one direction, as the best of a query are. */
  private static float[] unit(Random random) {
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) random.nextGaussian() + (d < 3 ? 2 : 0);
    }
    double norm = 0;
    for (float value : vector) {
      norm += value * value;
    }
    float scale = (float) (1 / Math.sqrt(norm));
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] *= scale;
    }
    return Arrays.copyOf(vector, DIMENSION);
  }
}
