package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.rerank.Diffusion.Degrees;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DiffusionTest {
  private static final long SEED = 3;
  private static final int ITEMS = 18;
  private static final int K = 5;
  private static final double GAMMA = 3;
  private static final double ALPHA = 0.9;

  private final float[][] vectors = RandomVectors.of(ITEMS, 4, SEED);
  private final long[] keys = LongStream.range(0, ITEMS).map(i -> 100 + 7 * i).toArray();

  private int[] nearest(int i) {
    return IntStream.range(0, ITEMS)
        .filter(j -> j != i)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -RandomVectors.dot(vectors[i], vectors[j])))
        .limit(K)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private MutualGraph graph() {
    long[][] near = new long[ITEMS][];
    float[][] scores = new float[ITEMS][];
    for (int i = 0; i < ITEMS; i++) {
      int[] of = nearest(i);
      near[i] = IntStream.of(of).mapToLong(j -> keys[j]).toArray();
      scores[i] = new float[of.length];
      for (int n = 0; n < of.length; n++) {
        scores[i][n] = (float) RandomVectors.dot(vectors[i], vectors[of[n]]);
      }
    }
    return MutualGraph.of(keys, near, scores, GAMMA);
  }

  /** The whole normalised matrix, from the definition. */
  private double[][] dense() {
    return normalised(affinity());
  }

  /** Only the edges within a list count. */
  private double[][] denseWithin(int[] list) {
    double[][] affinity = affinity();
    for (int i = 0; i < ITEMS; i++) {
      for (int j = 0; j < ITEMS; j++) {
        int end = j;
        affinity[i][j] = IntStream.of(list).anyMatch(it -> it == end) ? affinity[i][j] : 0;
      }
    }
    return normalised(affinity);
  }

  private double[][] affinity() {
    double[][] affinity = new double[ITEMS][ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      for (int j : nearest(i)) {
        int self = i;
        if (IntStream.of(nearest(j)).anyMatch(it -> it == self)) {
          affinity[i][j] = Math.pow(Math.max(0, RandomVectors.dot(vectors[i], vectors[j])), GAMMA);
        }
      }
    }
    return affinity;
  }

  private static double[][] normalised(double[][] affinity) {
    double[] degrees = new double[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      degrees[i] = DoubleSum.of(affinity[i]) + 1e-12;
    }
    double[][] normalised = new double[ITEMS][ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      for (int j = 0; j < ITEMS; j++) {
        normalised[i][j] = affinity[i][j] / Math.sqrt(degrees[i] * degrees[j]);
      }
    }
    return normalised;
  }

  private static final class DoubleSum {
    static double of(double[] values) {
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      return sum;
    }
  }

  /** Gauss and Jordan on the rows and columns of the list. */
  private static double[] solve(double[][] normalised, int[] list, int self) {
    int n = list.length;
    double[][] rows = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i][j] = (i == j ? 1 : 0) - ALPHA * normalised[list[i]][list[j]];
      }
      rows[i][n] = i == self ? 1 : 0;
    }
    for (int p = 0; p < n; p++) {
      for (int i = 0; i < n; i++) {
        double factor = i == p ? 0 : rows[i][p] / rows[p][p];
        for (int j = p; j <= n; j++) {
          rows[i][j] -= factor * rows[p][j];
        }
      }
    }
    double[] solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = rows[i][n] / rows[i][i];
    }
    return solution;
  }

  @Test
  void aRowSolvesTheSystemOfItsListWithTheDegreesOfTheWholeGraph() {
    MutualGraph graph = graph();
    for (int[] list : new int[][] {IntStream.range(0, ITEMS).toArray(), {3, 9, 1, 4, 11, 0, 17}}) {
      for (int self : new int[] {0, 2}) {
        long[] of = IntStream.of(list).mapToLong(i -> keys[i]).toArray();
        double[] row = new Diffusion(ALPHA, Degrees.GLOBAL).row(graph, of, self);
        double[] expected = solve(dense(), list, self);
        for (int i = 0; i < list.length; i++) {
          assertThat(row[i]).as("item %d", list[i]).isCloseTo(expected[i], within(1e-4));
        }
      }
    }
  }

  @Test
  void degreesMayBeThoseOfTheListAlone() {
    int[] list = {3, 9, 1, 4, 11, 0, 17, 5, 6};
    long[] of = IntStream.of(list).mapToLong(i -> keys[i]).toArray();
    double most = 0;
    for (int self = 0; self < list.length; self++) {
      double[] row = new Diffusion(ALPHA, Degrees.OF_LIST).row(graph(), of, self);
      double[] expected = solve(denseWithin(list), list, self);
      double[] global = solve(dense(), list, self);
      for (int i = 0; i < list.length; i++) {
        assertThat(row[i]).as("item %d", list[i]).isCloseTo(expected[i], within(1e-4));
        most = Math.max(most, Math.abs(row[i] - global[i]));
      }
    }
    assertThat(most).isGreaterThan(0.1);
  }

  @Test
  void anItemAloneInItsGraphKeepsAll() {
    MutualGraph graph =
        MutualGraph.of(
            new long[] {1, 2, 3}, new long[][] {{}, {3}, {}}, new float[][] {{}, {1}, {}}, 3);
    assertThat(new Diffusion(0.99, Degrees.GLOBAL).row(graph, new long[] {1}, 0))
        .containsExactly(1);
    assertThat(new Diffusion(0.99, Degrees.GLOBAL).row(graph, new long[] {1, 2, 3}, 1))
        .containsExactly(0, 1, 0);
  }

  @Test
  void aListNamesNodesOfTheGraphOnce() {
    MutualGraph graph = MutualGraph.of(new long[] {1}, new long[][] {{}}, new float[][] {{}}, 3);
    assertThatThrownBy(() -> new Diffusion(0.99, Degrees.GLOBAL).row(graph, new long[] {1, 2}, 0))
        .hasMessageContaining("Key 2 ");
    assertThatThrownBy(() -> new Diffusion(0.99, Degrees.GLOBAL).row(graph, new long[] {1, 1}, 0))
        .hasMessageContaining("Key 1 ");
  }
}
