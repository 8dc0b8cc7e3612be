package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeatTest {
  private static final long SEED = 17;
  private static final int DIMENSION = 7;

  /** As it is published: walks that end at the ground, and the inverse of what they leave. */
  private static double[] naive(float[] query, float[][] best, double ground) {
    int n = best.length + 1;
    double[][] x = new double[n][DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        x[i][d] = i < n - 1 ? best[i][d] : query[d];
        mean += x[i][d] / n;
      }
      for (int i = 0; i < n; i++) {
        x[i][d] -= mean;
      }
    }
    double[][] walk = new double[n][n + 1];
    double sum = 0;
    int count = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = 0;
        for (int d = 0; d < DIMENSION; d++) {
          product += x[i][d] * x[j][d];
        }
        walk[i][j] = i == j || product < 1e-6 ? 0 : product;
        sum += walk[i][j];
        count += walk[i][j] > 0 ? 1 : 0;
      }
    }
    double[][] left = new double[n][n];
    for (int i = 0; i < n; i++) {
      walk[i][n] = ground * sum / count;
      double degree = Arrays.stream(walk[i]).sum();
      for (int j = 0; j < n; j++) {
        left[i][j] = (i == j ? 1 : 0) - walk[i][j] / degree;
      }
    }
    double[] column = new double[n];
    for (int i = 0; i < n; i++) {
      column[i] = inverse(left)[i][n - 1];
    }
    return column;
  }

  /** By Gauss and Jordan. */
  private static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] wide = new double[n][];
    for (int i = 0; i < n; i++) {
      wide[i] = Arrays.copyOf(matrix[i], 2 * n);
      wide[i][n + i] = 1;
    }
    for (int p = 0; p < n; p++) {
      double pivot = wide[p][p];
      for (int c = 0; c < 2 * n; c++) {
        wide[p][c] /= pivot;
      }
      for (int r = 0; r < n; r++) {
        double factor = wide[r][p];
        for (int c = 0; r != p && c < 2 * n; c++) {
          wide[r][c] -= factor * wide[p][c];
        }
      }
    }
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = Arrays.copyOfRange(wide[i], n, 2 * n);
    }
    return inverse;
  }

  @Test
  void temperaturesAreTheColumnOfTheInverseByThatOfTheQuery() {
    float[][] all = RandomVectors.of(41, DIMENSION, SEED);
    float[][] best = Arrays.copyOfRange(all, 1, all.length);
    for (double ground : new double[] {0.01, 0.1, 3}) {
      double[] found = new Heat(ground).scores(all[0], best);
      double[] expected = naive(all[0], best, ground);
      for (int i = 0; i < best.length; i++) {
        assertThat(found[i])
            .as("ground %s, item %d", ground, i)
            .isBetween(0.0, 1.0)
            .isCloseTo(expected[i] / expected[best.length], within(1e-9));
      }
    }
  }

  @Test
  void whatTheQueryDoesNotReachStaysCold() {
    float[] query = {1, 0};
    float[][] best = {{0.98f, 0.199f}, {-1, 0}, {-0.98f, -0.199f}};
    double[] scores = new Heat(0.1).scores(query, best);
    assertThat(scores[0]).isBetween(0.5, 1.0);
    assertThat(scores[1]).isZero();
    assertThat(scores[2]).isZero();
  }

  @Test
  void whereNothingConductsAllAreCold() {
    assertThat(new Heat(0.1).scores(new float[] {1, 0}, new float[][] {{0, 1}})).containsOnly(0);
    assertThat(new Heat(0.1).scores(new float[] {1, 0}, new float[][] {{1, 0}})).containsOnly(0);
  }
}
