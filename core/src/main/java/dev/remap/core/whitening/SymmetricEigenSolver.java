package dev.remap.core.whitening;

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
   * Eigenvalues by falling value, with their eigenvectors.
   *
   * @param values d eigenvalues, falling
   * @param vectors d·d values: row i (d values from i·d) is the unit eigenvector of value i; its
   *     sign is the solver's
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  record Eigen(double[] values, double[] vectors) {}
}
