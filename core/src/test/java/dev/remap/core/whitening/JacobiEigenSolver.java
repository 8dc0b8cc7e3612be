package dev.remap.core.whitening;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Cyclic Jacobi rotations: slow, simple, and independent of the solver in use. */
final class JacobiEigenSolver implements SymmetricEigenSolver {
  @Override
  public Eigen solve(double[] matrix, int d) {
    double[] a = matrix.clone();
    double[] v = new double[d * d]; // row i: eigenvector i
    for (int i = 0; i < d; i++) {
      v[i * d + i] = 1;
    }
    for (int sweep = 0; sweep < 60; sweep++) {
      for (int p = 0; p < d; p++) {
        for (int q = p + 1; q < d; q++) {
          rotate(a, v, d, p, q);
        }
      }
    }
    int[] order =
        IntStream.range(0, d)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -a[i * d + i]))
            .mapToInt(i -> i)
            .toArray();
    double[] values = new double[d];
    double[] vectors = new double[d * d];
    for (int i = 0; i < d; i++) {
      values[i] = a[order[i] * d + order[i]];
      System.arraycopy(v, order[i] * d, vectors, i * d, d);
    }
    return new Eigen(values, vectors);
  }

  private static void rotate(double[] a, double[] v, int d, int p, int q) {
    if (a[p * d + q] == 0) {
      return;
    }
    double theta = (a[q * d + q] - a[p * d + p]) / (2 * a[p * d + q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    for (int k = 0; k < d; k++) {
      turn(a, k * d + p, k * d + q, c, s);
    }
    for (int k = 0; k < d; k++) {
      turn(a, p * d + k, q * d + k, c, s);
      turn(v, p * d + k, q * d + k, c, s);
    }
  }

  private static void turn(double[] m, int i, int j, double c, double s) {
    double x = m[i];
    double y = m[j];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  }
}
