package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.JniUtils;
import dev.remap.core.whitening.SymmetricEigenSolver.Eigen;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchEigenSolverTest {
  private static final long SEED = 77;
  private static final TorchEigenSolver SOLVER = new TorchEigenSolver();

  @AfterAll
  static void close() {
    SOLVER.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 40})
  void agreesWithJacobiRotations(int d) {
    double[] matrix = symmetric(d, SEED);
    Eigen torch = SOLVER.solve(matrix, d);
    Eigen jacobi = new JacobiEigenSolver().solve(matrix, d);
    for (int i = 0; i < d; i++) {
      assertThat(torch.values()[i])
          .as("seed %d", SEED)
          .isCloseTo(jacobi.values()[i], within(1e-11));
      double cosine = dot(torch.vectors(), i * d, jacobi.vectors(), i * d, d);
      assertThat(Math.abs(cosine)).as("seed %d vector %d", SEED, i).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void vectorsAreOrthonormalAndRebuildTheMatrix() {
    int d = 150;
    double[] matrix = symmetric(d, SEED);
    Eigen eigen = SOLVER.solve(matrix, d);
    assertThat(eigen.values()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    double[] rebuilt = new double[d * d];
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < d; i++) {
        double expected = i == k ? 1 : 0;
        assertThat(dot(eigen.vectors(), i * d, eigen.vectors(), k * d, d))
            .isCloseTo(expected, within(1e-12));
        for (int j = 0; j < d; j++) {
          rebuilt[i * d + j] +=
              eigen.values()[k] * eigen.vectors()[k * d + i] * eigen.vectors()[k * d + j];
        }
      }
    }
    assertThat(rebuilt).as("seed %d", SEED).containsExactly(matrix, within(1e-11));
  }

  @Test
  void threadsOfTheProcessChangeNoBitAndAreLeftAsTheyWere() {
    int d = 300; // large enough for libtorch to use both threads
    double[] matrix = symmetric(d, SEED);
    int before = JniUtils.getNumThreads();
    try {
      JniUtils.setNumThreads(1);
      Eigen one = SOLVER.solve(matrix, d);
      JniUtils.setNumThreads(2);
      Eigen two = SOLVER.solve(matrix, d);
      assertThat(JniUtils.getNumThreads()).isEqualTo(2);
      assertThat(two.values()).isEqualTo(one.values());
      assertThat(two.vectors()).isEqualTo(one.vectors());
    } finally {
      JniUtils.setNumThreads(before);
    }
  }

  @Test
  void refusesWhatIsNoSquare() {
    assertThatThrownBy(() -> SOLVER.solve(new double[5], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 5");
  }

  private static double dot(double[] a, int from, double[] b, int other, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += a[from + i] * b[other + i];
    }
    return sum;
  }

  private static double[] symmetric(int d, long seed) {
    Random random = new Random(seed);
    double[] matrix = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        matrix[i * d + j] = random.nextGaussian();
        matrix[j * d + i] = matrix[i * d + j];
      }
    }
    return matrix;
  }
}
