package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SuperGlobalTest {
  private static final long SEED = 12;
  private static final int DIMENSION = 7;

  private static List<Integer> largest(double[] values, int without) {
    return IntStream.range(0, values.length)
        .filter(i -> i != without)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -values[i]))
        .toList();
  }

  private static double[] naive(float[] query, float[][] best, int k, double beta) {
    double[][] refined = new double[best.length][DIMENSION];
    for (int i = 0; i < best.length; i++) {
      float[] own = best[i];
      double[] products =
          Arrays.stream(best).mapToDouble(it -> RandomVectors.dot(own, it)).toArray();
      double weights = 1;
      for (int d = 0; d < DIMENSION; d++) {
        refined[i][d] = own[d];
      }
      for (int j : largest(products, i).stream().limit(k).toList()) {
        double weight = Math.max(0, beta * products[j]);
        weights += weight;
        for (int d = 0; d < DIMENSION; d++) {
          refined[i][d] += weight * best[j][d];
        }
      }
      for (int d = 0; d < DIMENSION; d++) {
        refined[i][d] /= weights;
      }
    }
    double[] first = new double[best.length];
    for (int i = 0; i < best.length; i++) {
      for (int d = 0; d < DIMENSION; d++) {
        first[i] += query[d] * refined[i][d];
      }
    }
    double[] asking = new double[DIMENSION];
    Arrays.fill(asking, Double.NEGATIVE_INFINITY);
    for (int i : largest(first, -1).stream().limit(k + 1L).toList()) {
      for (int d = 0; d < DIMENSION; d++) {
        asking[d] = Math.max(asking[d], refined[i][d]);
      }
    }
    double[] scores = new double[best.length];
    for (int i = 0; i < best.length; i++) {
      double second = 0;
      for (int d = 0; d < DIMENSION; d++) {
        second += asking[d] * refined[i][d];
      }
      scores[i] = (first[i] + second) / 2;
    }
    return scores;
  }

  @Test
  void scoresAreThoseOfTheFormula() {
    float[][] all = RandomVectors.of(41, DIMENSION, SEED);
    float[][] best = Arrays.copyOfRange(all, 1, all.length);
    for (int k : new int[] {1, 9, 100}) {
      double[] found = new SuperGlobal(k, 0.15).scores(all[0], best);
      double[] expected = naive(all[0], best, k, 0.15);
      for (int i = 0; i < best.length; i++) {
        assertThat(found[i]).as("k %d, item %d", k, i).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @Test
  void oneAloneIsScoredByItsOwnProduct() {
    float[] query = {0.6f, 0.8f};
    float[][] best = {{1, 0}};
    assertThat(new SuperGlobal(9, 0.15).scores(query, best)[0]).isCloseTo(0.8, within(1e-6));
  }
}
