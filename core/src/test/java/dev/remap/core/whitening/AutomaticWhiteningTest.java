package dev.remap.core.whitening;

import static dev.remap.core.whitening.WhiteningTest.fit;
import static dev.remap.core.whitening.WhiteningTest.mixed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is chosen where nothing is configured. */
class AutomaticWhiteningTest {
  private static final long SEED = 4242;
  private static final SymmetricEigenSolver JACOBI = new JacobiEigenSolver();

  /**
   * Up to a complete basis, beside known rows of every number; and no axis among the random ones.
   */
  @Test
  void randomDirectionsAreOrthonormalBesideTheKnownOnes() {
    int d = 67;
    double[][] basis = new double[d][];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int k = 0; k < d; k++) {
      double[] row = random.doubles(d, -1, 1).toArray();
      for (int other = 0; other < k; other++) {
        double part = dot(row, basis[other]);
        for (int i = 0; i < d; i++) {
          row[i] -= part * basis[other][i];
        }
      }
      double norm = Math.sqrt(dot(row, row));
      basis[k] = Arrays.stream(row).map(value -> value / norm).toArray();
    }
    for (int known : new int[] {0, 1, 2, 33, 66, 67}) {
      double[] rows = Arrays.stream(basis, 0, known).flatMapToDouble(Arrays::stream).toArray();
      double[] all = Complement.extended(rows, known, d, d);
      assertThat(Arrays.copyOf(all, rows.length)).isEqualTo(rows);
      for (int a = 0; a < d; a++) {
        double[] row = Arrays.copyOfRange(all, a * d, (a + 1) * d);
        for (int b = a; b < d; b++) {
          double product = dot(row, Arrays.copyOfRange(all, b * d, (b + 1) * d));
          assertThat(product).as("rows %d, %d", a, b).isCloseTo(a == b ? 1 : 0, within(1e-12));
        }
        if (a >= known && known < 34) {
          assertThat(Arrays.stream(row).map(Math::abs).max().orElseThrow()).isLessThan(0.75);
        }
      }
    }
  }

  /** The eigenvectors of C + μμᵀ/16, solved here by themselves; nothing is subtracted. */
  @Test
  void theMeanIsADirectionLikeTheOthersUnlessItIsSubtracted() {
    int n = 200;
    int d = 9;
    float[][] vectors = mixed(n, d, SEED);
    double[] mean = new double[d];
    for (float[] vector : vectors) {
      for (int i = 0; i < d; i++) {
        vector[i] += i == 2 ? 3 : 0.25f * i;
        mean[i] += (double) vector[i] / n;
      }
    }
    double[] moment = new double[d * d];
    double trace = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (float[] vector : vectors) {
          moment[i * d + j] += (vector[i] - mean[i]) * (vector[j] - mean[j]) / n;
        }
        trace += i == j ? moment[i * d + j] : 0;
        moment[i * d + j] += mean[i] * mean[j] / 16;
      }
    }
    SymmetricEigenSolver.Eigen eigen = JACOBI.solve(moment, d);
    double ridge = (4 + 500.0 / n) * trace / n;
    Whitening whitening = fit(vectors, WhiteningOptions.defaults().withDimension(d));
    double[] expected = new double[d];
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < d; i++) {
        expected[k] += eigen.vectors()[k * d + i] * vectors[0][i];
      }
      expected[k] = Math.abs(expected[k] / Math.sqrt(eigen.values()[k] + ridge));
    }
    double norm = Math.sqrt(dot(expected, expected));
    float[] projected = whitening.project(vectors[0]);
    for (int k = 0; k < d; k++) {
      assertThat(Math.abs(projected[k])).isCloseTo((float) (expected[k] / norm), within(1e-5f));
    }
    assertThat(Arrays.stream(whitening.eigenvalues()).sum()).isCloseTo(trace, within(1e-9 * trace));
    assertThat(whitening.reason()).contains("the mean kept as a direction");
  }

  /** Equal descriptors have a mean, and nothing else. */
  @Test
  void equalDescriptorsAreNotWhitenedByTheirMeanAlone() {
    float[][] equal = new float[20][];
    Arrays.fill(equal, new float[] {0.6f, 0.8f, 0.1f});
    assertThatThrownBy(() -> fit(equal, WhiteningOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all 20 descriptors are equal");
  }

  /** From two images to many, also copies of few: finite, and the ridge falls evenly. */
  @Test
  void theAutomaticChoiceHasNoJumpsAndNoNaN() {
    int d = 24;
    WhiteningOptions options = WhiteningOptions.defaults();
    float[][] vectors = mixed(300, d, SEED);
    float[] query = mixed(1, d, SEED + 2)[0];
    for (int n : new int[] {2, 3, 5, 12, 24, 25, 26, 60, 300}) {
      float[] projected = fit(Arrays.copyOf(vectors, n), options).project(query);
      for (float value : projected) {
        assertThat(value).as("n = %d", n).isFinite();
      }
    }
    for (int n = 2; n < 100_000; n += 1 + n / 10) {
      double ridge = options.ridgeFor(n);
      assertThat(options.ridgeFor(n + 1)).isBetween(ridge * (1 - 1.0 / n), ridge);
      assertThat(options.centringOfPairs(n + 1)).isBetween(options.centringOfPairs(n), 1.0);
      // What it adds to an eigenvalue, as a share of their sum, falls too.
      assertThat(options.ridgeFor(n + 1) / (n + 1)).isLessThan(ridge / n);
    }
    assertThat(new WhiteningOptions(0, 0.5, 0, 0.1, -1, -1).ridgeFor(50)).isZero();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
