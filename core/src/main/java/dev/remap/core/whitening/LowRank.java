package dev.remap.core.whitening;

import dev.remap.core.whitening.SymmetricEigenSolver.Eigen;
import java.util.Arrays;
import java.util.Optional;

/**
 * The eigen-decomposition of a covariance C of far fewer descriptors than components: n descriptors
 * span at most n − 1 directions, n with their mean, and only a problem of that size is solved.
 *
 * <p>Cholesky's factorisation with complete pivoting finds C = LLᵀ + E with so many columns in L at
 * most (Higham 2002, §10.3). The r × r matrix LᵀL = WΣWᵀ has the eigenvalues of LLᵀ, whose
 * eigenvectors are LWΣ^−½. No eigenvalue is further from C's than the trace of E (Weyl), so that is
 * compared with what a direction needs in order to count, and where it is more, nothing is
 * returned.
 *
 * <p>Errors, of rounding, are those of the full problem for eigenvalues: some 10⁻¹⁵ of the largest.
 * Eigenvectors are orthogonal to 10⁻¹⁵·λ₁/λ, 10⁻⁵ at the default floor, less than a float's last
 * bits for all with λ above 10⁻⁸·λ₁. Every sum is made in one fixed order: the bits depend on the
 * moments and the solver alone.
 *
 * <p>Time: about 5·D·r² products; memory: 16·D·r bytes.
 */
final class LowRank {
  /** Where there are more descriptors for each component, the full problem is solved as fast. */
  static final int COMPONENTS_EACH = 3;

  private static final int TILE = 512;

  private LowRank() {}

  /** Whether so few descriptors are worth it. */
  static boolean suits(Covariance covariance) {
    return covariance.directions() * COMPONENTS_EACH <= covariance.dimension();
  }

  /**
   * D eigenvalues, falling, zeros beyond the rank, and as many eigenvectors as were found.
   *
   * @param floor share of the largest eigenvalue at or below which a direction does not count
   * @return nothing if directions that count may have been missed
   */
  static Optional<Eigen> of(Covariance covariance, double floor, SymmetricEigenSolver solver) {
    int d = covariance.dimension();
    double[] residual = new double[d];
    Arrays.setAll(residual, i -> covariance.at(i, i));
    double[][] factor = factor(covariance, residual);
    Eigen small =
        factor.length == 0
            ? new Eigen(new double[d], new double[0])
            : solver.solve(gram(factor), factor.length);
    double missed = Arrays.stream(residual).map(value -> Math.max(0, value)).sum();
    if (!(missed <= Math.max(floor * small.values()[0], covariance.noise()))) {
      return Optional.empty();
    }
    int found = 0;
    while (found < factor.length && small.values()[found] > 0) {
      found++;
    }
    return Optional.of(new Eigen(Arrays.copyOf(small.values(), d), vectors(factor, small, found)));
  }

  /**
   * Rows of Lᵀ.
   *
   * @param residual the diagonal of C; receives that of E
   */
  private static double[][] factor(Covariance covariance, double[] residual) {
    int d = residual.length;
    int most = (int) Math.min(d, covariance.directions());
    double[][] factor = new double[most][];
    int rank = 0;
    while (rank < most) {
      int pivot = largest(residual);
      double left = residual[pivot];
      if (left <= covariance.noise()) {
        break;
      }
      double[] row = covariance.row(pivot);
      double[] weights = new double[rank];
      for (int k = 0; k < rank; k++) {
        weights[k] = -factor[k][pivot];
      }
      for (int from = 0; from < d; from += TILE) {
        add(factor, weights, from, Math.min(d, from + TILE), row, 0);
      }
      double root = Math.sqrt(left);
      for (int i = 0; i < d; i++) {
        row[i] /= root;
        residual[i] -= row[i] * row[i];
      }
      residual[pivot] = 0;
      factor[rank++] = row;
    }
    return Arrays.copyOf(factor, rank);
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[largest]) {
        largest = i;
      }
    }
    return largest;
  }

  /** Products of all rows with all rows. */
  private static double[] gram(double[][] rows) {
    int r = rows.length;
    int d = rows[0].length;
    double[] products = new double[r * r];
    for (int from = 0; from < d; from += TILE) {
      int to = Math.min(d, from + TILE);
      for (int a = 0; a < r; a++) {
        int b = a;
        for (; b + 4 <= r; b += 4) {
          addFour(rows, a, b, from, to, products);
        }
        for (; b < r; b++) {
          products[a * r + b] += dot(rows[a], rows[b], from, to);
        }
      }
    }
    for (int a = 0; a < r; a++) {
      for (int b = 0; b < a; b++) {
        products[a * r + b] = products[b * r + a];
      }
    }
    return products;
  }

  /** Four sums side by side, of which each has the bits that it has alone. */
  private static void addFour(double[][] rows, int a, int b, int from, int to, double[] products) {
    double[] left = rows[a];
    double[] b0 = rows[b];
    double[] b1 = rows[b + 1];
    double[] b2 = rows[b + 2];
    double[] b3 = rows[b + 3];
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int i = from; i < to; i++) {
      double value = left[i];
      s0 += value * b0[i];
      s1 += value * b1[i];
      s2 += value * b2[i];
      s3 += value * b3[i];
    }
    int place = a * rows.length + b;
    products[place] += s0;
    products[place + 1] += s1;
    products[place + 2] += s2;
    products[place + 3] += s3;
  }

  private static double dot(double[] a, double[] b, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The first {@code found} rows of Σ^−½WᵀLᵀ, one after the other. */
  private static double[] vectors(double[][] factor, Eigen small, int found) {
    int r = factor.length;
    int d = found == 0 ? 0 : factor[0].length;
    double[][] weights = new double[found][r];
    for (int k = 0; k < found; k++) {
      double length = Math.sqrt(small.values()[k]);
      for (int a = 0; a < r; a++) {
        weights[k][a] = small.vectors()[k * r + a] / length;
      }
    }
    double[] vectors = new double[found * d];
    for (int from = 0; from < d; from += TILE) {
      int to = Math.min(d, from + TILE);
      for (int k = 0; k < found; k++) {
        add(factor, weights[k], from, to, vectors, k * d);
      }
    }
    return vectors;
  }

  /**
   * Adds the weighted rows, as many as there are weights, to a row that lies from {@code offset} on
   * in {@code sum}, for some of the columns.
   */
  private static void add(
      double[][] rows, double[] weights, int from, int to, double[] sum, int offset) {
    int k = 0;
    for (; k + 4 <= weights.length; k += 4) {
      double w0 = weights[k];
      double w1 = weights[k + 1];
      double w2 = weights[k + 2];
      double w3 = weights[k + 3];
      double[] r0 = rows[k];
      double[] r1 = rows[k + 1];
      double[] r2 = rows[k + 2];
      double[] r3 = rows[k + 3];
      for (int i = from; i < to; i++) {
        sum[offset + i] += ((w0 * r0[i] + w1 * r1[i]) + w2 * r2[i]) + w3 * r3[i];
      }
    }
    for (; k < weights.length; k++) {
      for (int i = from; i < to; i++) {
        sum[offset + i] += weights[k] * rows[k][i];
      }
    }
  }
}
