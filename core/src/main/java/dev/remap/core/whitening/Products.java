package dev.remap.core.whitening;

/**
 * Products of matrices, row after row in one array, in double: every sum by rising index, so the
 * bits are the same on every machine.
 */
final class Products {
  private static final int ROWS = 4;

  private Products() {}

  /** A·Bᵀ: both with rows of {@code d} components. */
  static double[] of(double[] a, double[] b, int d) {
    double[] transposed = new double[b.length];
    int rows = b.length / d;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < d; j++) {
        transposed[j * rows + i] = b[i * d + j];
      }
    }
    return plain(a, transposed, d);
  }

  /**
   * A·B.
   *
   * @param a rows of {@code d} components
   * @param b {@code d} rows
   */
  static double[] plain(double[] a, double[] b, int d) {
    int rows = a.length / d;
    int columns = b.length / d;
    double[] product = new double[rows * columns];
    for (int first = 0; first < rows; first += ROWS) {
      int end = Math.min(rows, first + ROWS);
      // One pass over B serves several rows of A.
      for (int k = 0; k < d; k++) {
        for (int i = first; i < end; i++) {
          addTimes(product, i * columns, a[i * d + k], b, k * columns, columns);
        }
      }
    }
    return product;
  }

  private static void addTimes(
      double[] to, int at, double factor, double[] from, int start, int length) {
    for (int j = 0; j < length; j++) {
      to[at + j] += factor * from[start + j];
    }
  }
}
