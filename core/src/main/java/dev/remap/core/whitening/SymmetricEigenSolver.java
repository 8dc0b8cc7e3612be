package dev.remap.core.whitening;

import java.util.function.IntFunction;

/** Eigen-decomposition of real symmetric matrices in double. */
public interface SymmetricEigenSolver {
  /**
   * Decomposes {@code matrix}.
   *
   * @param matrix d·d values, symmetric, finite; not kept and not changed
   * @param d number of rows, at least 1
   */
  Eigen solve(double[] matrix, int d);

  /**
   * Decomposes a matrix whose rows are made one at a time, so that it need not lie in the heap.
   *
   * @param rows row i, d values; of a matrix as {@link #solve(double[], int)} takes it
   */
  default Eigen solve(IntFunction<double[]> rows, int d) {
    double[] matrix = new double[d * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(rows.apply(i), 0, matrix, i * d, d);
    }
    return solve(matrix, d);
  }

  /**
   * Eigenvalues by falling value, with their eigenvectors.
   *
   * @param values d eigenvalues, falling
   * @param vectors d·d values: row i (d values from i·d) is the unit eigenvector of value i; its
   *     sign is the solver's
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  record Eigen(double[] values, double[] vectors) {}
}
