package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentsTest {
  private static final long SEED = 20_261;

  @ParameterizedTest
  @CsvSource({"1,3", "7,64", "37,131", "700,66", "1024,5"})
  void sumsHaveTheBitsOfAddingOneAfterTheOther(int d, int n) {
    float[][] vectors = vectors(n, d, SEED);
    Moments moments = of(vectors, d);

    assertThat(moments.count()).isEqualTo(n);
    double[] sum = new double[d];
    double[][] outer = new double[d][d];
    for (float[] x : vectors) {
      for (int i = 0; i < d; i++) {
        sum[i] += x[i];
        for (int j = i; j < d; j++) {
          outer[i][j - i] += (double) x[i] * x[j];
        }
      }
    }
    assertThat(moments.sum()).as("seed %d", SEED).isEqualTo(sum);
    for (int i = 0; i < d; i++) {
      assertThat(moments.row(i))
          .as("seed %d row %d", SEED, i)
          .isEqualTo(Arrays.copyOf(outer[i], d - i));
    }
  }

  @Test
  void readingInBetweenChangesNoBit() {
    float[][] vectors = vectors(77, 20, SEED);
    Moments read = Moments.full(20);
    for (float[] x : vectors) {
      read.add(x);
      assertThat(read.row(3)[0]).isPositive();
    }
    assertSame(read, of(vectors, 20));
  }

  @Test
  void mergingAddsInCallOrder() {
    Moments first = of(vectors(70, 9, SEED), 9);
    Moments second = of(vectors(41, 9, SEED + 1), 9);
    double[] row = first.row(2);
    double[] otherRow = second.row(2);
    first.merge(second);

    assertThat(first.count()).isEqualTo(111);
    for (int j = 0; j < row.length; j++) {
      assertThat(first.row(2)[j]).isEqualTo(row[j] + otherRow[j]);
    }
    assertThat(second.count()).as("the other is left alone").isEqualTo(41);
    assertThat(second.row(2)).isEqualTo(otherRow);
  }

  @Test
  void momentsReadBackRowByRowEqualThoseWritten() {
    Moments written = of(vectors(100, 12, SEED), 12);
    double[][] rows = new double[12][];
    Arrays.setAll(rows, written::row);
    assertSame(Moments.summed(written.count(), written.sum(), rows), written);
  }

  @Test
  void covarianceSurvivesAMeanFarAboveTheDeviation() {
    int n = 20_000;
    float[][] vectors = vectors(n, 4, SEED);
    double[] mean = new double[4];
    for (float[] x : vectors) {
      for (int i = 0; i < 4; i++) {
        x[i] += 100; // a hundred standard deviations and more
        mean[i] += x[i] / (double) n;
      }
    }
    double centred = 0;
    for (float[] x : vectors) {
      centred += (x[1] - mean[1]) * (x[1] - mean[1]) / n;
    }
    Moments moments = of(vectors, 4);
    double mu = moments.sum()[1] / n;
    double variance = moments.row(1)[0] / n - mu * mu;
    assertThat(Math.abs(variance / centred - 1)).as("seed %d", SEED).isLessThan(1e-9);
  }

  @Test
  void rowsHaveTheBitsOfAllRows() {
    int dimension = 700;
    float[][] vectors = vectors(150, dimension, SEED);
    Moments all = of(vectors, dimension);
    for (int[] range : new int[][] {{0, 3}, {3, 511}, {400, 620}, {690, 700}, {9, 9}}) {
      Moments some = Moments.rows(dimension, range[0], range[1]);
      for (float[] x : vectors) {
        some.add(x);
      }
      assertThat(some.sum()).isEqualTo(all.sum());
      for (int i = range[0]; i < range[1]; i++) {
        assertThat(some.row(i)).as("row %d, seed %d", i, SEED).isEqualTo(all.row(i));
      }
      assertThatThrownBy(() -> some.row(range[1])).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> all.merge(some))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("other rows");
    }
  }

  @Test
  void refusesWhatWouldPoisonTheSums() {
    Moments moments = Moments.full(3);
    moments.add(new float[] {1, 2, 3});
    assertThatThrownBy(() -> moments.add(new float[] {1, Float.NaN, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("component 1")
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> moments.add(new float[] {1, 2, Float.POSITIVE_INFINITY}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> moments.add(new float[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 components, has 2");
    double[][] square = new double[3][3];
    assertThatThrownBy(() -> Moments.summed(1, new double[3], square))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 1 of Σxxᵀ must have 2 components, has 3");
    assertThatThrownBy(() -> Moments.full(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(moments.count()).isEqualTo(1);
    assertThat(moments.sum()).containsExactly(1, 2, 3);
    assertThat(moments.row(0)).containsExactly(1, 2, 3);
  }

  private static void assertSame(Moments actual, Moments expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    assertThat(actual.sum()).isEqualTo(expected.sum());
    for (int i = 0; i < expected.dimension(); i++) {
      assertThat(actual.row(i)).isEqualTo(expected.row(i));
    }
  }

  static Moments of(float[][] vectors, int d) {
    Moments moments = Moments.full(d);
    for (float[] x : vectors) {
      moments.add(x);
    }
    return moments;
  }

  static float[][] vectors(int n, int d, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[n][d];
    for (float[] x : vectors) {
      for (int i = 0; i < d; i++) {
        x[i] = Math.abs((float) random.nextGaussian()) * (1 + i % 5);
      }
    }
    return vectors;
  }
}
