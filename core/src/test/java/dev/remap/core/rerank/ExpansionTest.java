package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpansionTest {
  private static final long SEED = 41;

  /** By the formula, component by component. */
  private static double[] naive(float[] query, float[][] best, double alpha) {
    double[] sum = new double[query.length];
    for (int d = 0; d < sum.length; d++) {
      sum[d] = query[d];
      for (float[] vector : best) {
        double product = RandomVectors.dot(query, vector);
        double weight = alpha == 0 ? 1 : product < 0 ? 0 : Math.pow(product, alpha);
        sum[d] += weight * vector[d];
      }
    }
    double length = Math.sqrt(Arrays.stream(sum).map(value -> value * value).sum());
    return Arrays.stream(sum).map(value -> value / length).toArray();
  }

  private static void same(float[] found, double[] expected) {
    for (int d = 0; d < expected.length; d++) {
      assertThat((double) found[d]).as("component %d", d).isCloseTo(expected[d], within(1e-6));
    }
  }

  @Test
  void anAverageIsTheNormalizedSumOfTheQueryAndItsBest() {
    float[][] vectors = RandomVectors.of(9, 6, SEED);
    float[][] best = Arrays.copyOfRange(vectors, 1, 9);
    same(AverageExpansion.expand(vectors[0], List.of(best)), naive(vectors[0], best, 0));
    assertThat(AverageExpansion.expand(vectors[0], List.of())).containsExactly(vectors[0]);
  }

  @Test
  void alphaWeighsByPowersOfProductsAndWhatIsTurnedAwayByNothing() {
    float[][] vectors = RandomVectors.of(30, 6, SEED);
    float[][] best = Arrays.copyOfRange(vectors, 1, 30);
    assertThat(Arrays.stream(best).anyMatch(it -> RandomVectors.dot(vectors[0], it) < 0)).isTrue();
    for (double alpha : new double[] {0.5, 1, 3}) {
      same(AlphaExpansion.expand(vectors[0], List.of(best), alpha), naive(vectors[0], best, alpha));
    }
  }

  @Test
  void aSumOfNothingLeavesTheQueryAsItIs() {
    float[] query = {1, 0};
    assertThat(AverageExpansion.expand(query, List.of(new float[] {-1, 0}))).containsExactly(1, 0);
  }
}
