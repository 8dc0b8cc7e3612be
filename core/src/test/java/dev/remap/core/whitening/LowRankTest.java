package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.whitening.SymmetricEigenSolver.Eigen;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LowRankTest {
  private static final long SEED = 311;
  private static final double FLOOR = 1e-10;
  private static final TorchEigenSolver SOLVER = new TorchEigenSolver();

  @AfterAll
  static void close() {
    SOLVER.close();
  }

  /** Also more columns than a tile, and numbers of rows that are no multiple of four. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6, 31, 90})
  void fewDescriptorsGiveWhatTheFullProblemGives(int n) {
    int d = 530;
    Covariance covariance = covariance(falling(n, d, 0.8));
    Eigen few = LowRank.of(covariance, FLOOR, SOLVER).orElseThrow();
    Eigen full = SOLVER.solve(covariance::row, d);
    double first = full.values()[0];
    assertThat(few.values()).hasSize(d);
    for (int k = 0; k < d; k++) {
      assertThat(few.values()[k])
          .as("value %d", k)
          .isCloseTo(full.values()[k], within(1e-14 * first));
    }
    // Rounding of size 10⁻¹⁵·λ₁ turns the directions of smaller eigenvalues, in either problem.
    for (int k = 0; k < n - 1 && full.values()[k] > 1e-7 * first; k++) {
      double cosine = Math.abs(dot(few.vectors(), k * d, full.vectors(), k * d, d));
      assertThat(cosine).as("seed %d, vector %d", SEED, k).isCloseTo(1, within(1e-11));
    }
  }

  @Test
  void vectorsAreOrthonormalAsFarAsTheirEigenvaluesAllow() {
    int d = 300;
    Eigen few = LowRank.of(covariance(falling(60, d, 0.7)), FLOOR, SOLVER).orElseThrow();
    int found = few.vectors().length / d;
    assertThat(few.values()[found - 1]).isLessThan(1e-9 * few.values()[0]);
    for (int a = 0; a < found && few.values()[a] > FLOOR * few.values()[0]; a++) {
      for (int b = 0; b <= a; b++) {
        double allowed = 1e-14 * few.values()[0] / few.values()[a];
        assertThat(dot(few.vectors(), a * d, few.vectors(), b * d, d))
            .as("seed %d, vectors %d and %d", SEED, a, b)
            .isCloseTo(a == b ? 1 : 0, within(allowed));
      }
    }
  }

  @Test
  void copiesOfFewImagesHaveTheRankOfThose() {
    float[][] distinct = falling(7, 400, 1);
    float[][] copies = new float[100][];
    Arrays.setAll(copies, i -> distinct[i % 7]);
    Covariance covariance = covariance(copies);
    assertThat(LowRank.suits(covariance)).isTrue();
    Eigen few = LowRank.of(covariance, FLOOR, SOLVER).orElseThrow();
    assertThat(few.vectors()).hasSize(6 * 400);
    assertThat(Arrays.stream(few.values()).filter(value -> value > 0).count()).isEqualTo(6);
  }

  /** Each component's variance is lost in rounding, but not the sum of all. */
  @Test
  void nothingIsReturnedWhereDirectionsThatCountMayBeMissed() {
    Random random = new Random(SEED);
    float[][] nearlyEqual = new float[100][300];
    for (float[] x : nearlyEqual) {
      Arrays.fill(x, random.nextBoolean() ? 1 : 1 + Math.ulp(1f));
    }
    Covariance covariance = covariance(nearlyEqual);
    assertThat(LowRank.suits(covariance)).isTrue();
    assertThat(LowRank.of(covariance, FLOOR, SOLVER)).isEmpty();
    Whitening whitening =
        Whitening.fit(MomentsTest.of(nearlyEqual, 300), WhiteningOptions.defaults(), SOLVER);
    assertThat(whitening.rank()).isPositive();
  }

  @Test
  void equalDescriptorsHaveNoDirections() {
    float[][] equal = new float[9][50];
    for (float[] x : equal) {
      Arrays.fill(x, 0.3f);
    }
    Covariance covariance = covariance(equal);
    LowRank.of(covariance, FLOOR, SOLVER)
        .ifPresent(few -> assertThat(few.values()).containsOnly(0));
    assertThatThrownBy(
            () -> Whitening.fit(MomentsTest.of(equal, 50), WhiteningOptions.defaults(), SOLVER))
        .hasMessageContaining("all 9 descriptors are equal");
  }

  /** A whitening of few, and of ten copies of each, which are solved as a whole. */
  @Test
  void aWhiteningDoesNotTellHowItWasSolved() {
    int n = 60;
    int d = 200;
    float[][] once = falling(n, d, 0.9);
    float[][] often = new float[10 * n][];
    Arrays.setAll(often, i -> once[i % n]);
    assertThat(LowRank.suits(covariance(once))).isTrue();
    assertThat(LowRank.suits(covariance(often))).isFalse();
    WhiteningOptions options =
        new WhiteningOptions(0, 0.5, FLOOR, 0, WhiteningOptions.AUTOMATIC, 1);
    Whitening few = Whitening.fit(MomentsTest.of(once, d), options, SOLVER);
    Whitening full = Whitening.fit(MomentsTest.of(often, d), options, SOLVER);
    assertThat(few.rank()).isEqualTo(full.rank()).isEqualTo(n - 1);
    for (float[] x : falling(5, d, 1)) {
      assertThat(few.project(x))
          .as("seed %d", SEED)
          .containsExactly(full.project(x), within(2e-6f));
    }
  }

  @Test
  void sumsThatAreNotFiniteAreRefused() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[][] outer = {{5, 1, 1}, {5, bad}, {5}};
      Moments moments = Moments.summed(9, new double[3], outer);
      assertThatThrownBy(() -> Whitening.fit(moments, WhiteningOptions.defaults(), SOLVER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("components 1 and 2 is " + bad);
    }
  }

  private static Covariance covariance(float[][] vectors) {
    return new Covariance(MomentsTest.of(vectors, vectors[0].length));
  }

  /** Directions of the same random basis, each so many times as long as the one before. */
  private static float[][] falling(int n, int d, double each) {
    Random random = new Random(SEED + n);
    double[][] basis = new double[n][d];
    for (double[] direction : basis) {
      Arrays.setAll(direction, i -> random.nextGaussian());
    }
    float[][] vectors = new float[n][d];
    for (float[] x : vectors) {
      double[] sum = new double[d];
      double scale = 1;
      for (double[] direction : basis) {
        double weight = scale * random.nextGaussian();
        for (int i = 0; i < d; i++) {
          sum[i] += weight * direction[i];
        }
        scale *= each;
      }
      for (int i = 0; i < d; i++) {
        x[i] = (float) sum[i];
      }
    }
    return vectors;
  }

  private static double dot(double[] a, int i, double[] b, int j, int length) {
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += a[i + k] * b[j + k];
    }
    return sum;
  }
}
