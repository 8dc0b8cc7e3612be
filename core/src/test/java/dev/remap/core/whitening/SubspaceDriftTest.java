package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubspaceDriftTest {
  private static final long SEED = 613;
  private static final int D = 12;
  private static final int KEPT = 8;
  private static final SymmetricEigenSolver JACOBI = new JacobiEigenSolver();

  /** Two descriptors on every axis, to either side, further out on the first axes; about a mean. */
  private static List<float[]> axes(double mean) {
    List<float[]> rows = new ArrayList<>();
    for (int axis = 0; axis < D; axis++) {
      for (int side = -1; side <= 1; side += 2) {
        float[] row = new float[D];
        java.util.Arrays.fill(row, (float) mean);
        row[axis] += side * length(axis);
        rows.add(row);
      }
    }
    return rows;
  }

  private static float length(int axis) {
    return 2f - axis / 8f;
  }

  private static Whitening fitted(List<float[]> rows, int dimension) {
    Moments moments = Moments.full(rows.get(0).length);
    rows.forEach(moments::add);
    return Whitening.fit(moments, new WhiteningOptions(dimension, 0.5, 1e-10, 0), JACOBI);
  }

  /** Turns the first axis towards the last, which the whitening drops. */
  private static List<float[]> turned(List<float[]> rows, double degrees) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    List<float[]> turned = new ArrayList<>();
    for (float[] row : rows) {
      float[] copy = row.clone();
      copy[0] = (float) (cos * row[0] - sin * row[D - 1]);
      copy[D - 1] = (float) (sin * row[0] + cos * row[D - 1]);
      turned.add(copy);
    }
    return turned;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 5, 30, 45, 60, 90})
  void theAngleIsTheOneThatTheDescriptorsWereTurnedBy(double degrees) {
    Whitening whitening = fitted(axes(0), KEPT);

    SubspaceDrift drift = SubspaceDrift.of(whitening, turned(axes(0), degrees), JACOBI);

    assertThat(drift.directions()).isEqualTo(2);
    assertThat(drift.angle()).isCloseTo(degrees, within(0.01));
    double total = 0;
    double kept = 0;
    for (int axis = 0; axis < D; axis++) {
      double square = length(axis) * length(axis);
      double cos = Math.cos(Math.toRadians(degrees));
      total += square;
      kept += axis < KEPT ? square * (axis == 0 ? cos * cos : 1) : 0;
      kept += axis == D - 1 ? square * (1 - cos * cos) : 0;
    }
    assertThat(drift.explained()).isCloseTo(kept / total, within(1e-6));
  }

  @Test
  void ofTheTrainingsOwnDescriptorsAllIsAsItWas() {
    List<float[]> rows = random(120, 1, SEED);
    Whitening whitening = fitted(rows, KEPT);

    SubspaceDrift drift = SubspaceDrift.of(whitening, rows, JACOBI);

    assertThat(drift.images()).isEqualTo(120);
    assertThat(drift.explained()).isCloseTo(whitening.explainedVariance(), within(1e-6));
    assertThat(drift.trained()).isEqualTo(whitening.explainedVariance());
    assertThat(drift.angle()).isCloseTo(0, within(0.05));
  }

  @Test
  void descriptorsOfTheSameKindAreNoDrift() {
    Whitening whitening = fitted(random(120, 1, SEED), KEPT);

    SubspaceDrift drift = SubspaceDrift.of(whitening, random(80, 1, SEED + 1), JACOBI);

    assertThat(drift.explained()).as("seed %d", SEED).isGreaterThan(0.95 * drift.trained());
    assertThat(drift.angle()).as("seed %d", SEED).isLessThan(20);
  }

  @Test
  void descriptorsOfAnotherKindAreDrift() {
    Whitening whitening = fitted(random(120, 1, SEED), KEPT);

    SubspaceDrift drift = SubspaceDrift.of(whitening, random(80, -1, SEED + 1), JACOBI);

    assertThat(drift.explained()).as("seed %d", SEED).isLessThan(0.8 * drift.trained());
    assertThat(drift.angle()).as("seed %d", SEED).isGreaterThan(45);
  }

  /** Gaussian, with a deviation that falls along the axes, or rises. */
  private static List<float[]> random(int count, int falling, long seed) {
    Random random = new Random(seed);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[D];
      for (int axis = 0; axis < D; axis++) {
        int place = falling > 0 ? axis : D - 1 - axis;
        row[axis] = (float) (3 + random.nextGaussian() * Math.pow(0.75, place));
      }
      rows.add(row);
    }
    return rows;
  }

  @Test
  void whereTheMeanLiesIsNoVariance() {
    Whitening whitening = fitted(axes(0), KEPT);

    SubspaceDrift drift = SubspaceDrift.of(whitening, axes(5), JACOBI);

    assertThat(drift.explained()).isCloseTo(whitening.explainedVariance(), within(1e-5));
  }

  @Test
  void equalDescriptorsHaveNoDirections() {
    Whitening whitening = fitted(axes(0), KEPT);
    float[] row = new float[D];

    assertThatThrownBy(() -> SubspaceDrift.of(whitening, List.of(row, row), JACOBI))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("All 2 descriptors are equal");
  }
}
