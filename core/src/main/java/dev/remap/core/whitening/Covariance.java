package dev.remap.core.whitening;

/**
 * The covariance Σxxᵀ/n − μμᵀ that moments stand for, plus a·μμᵀ where the mean is to count as a
 * direction like the others. Its entries are computed when they are asked for: it takes no memory
 * of its own.
 */
final class Covariance {
  private final Moments moments;
  private final double[] mean;
  private final double meanWeight;
  private final double largest;

  /** Of at least one descriptor, about their mean. */
  Covariance(Moments moments) {
    this(moments, 0);
  }

  /**
   * Of at least one descriptor.
   *
   * @param meanWeight a in [0, 1]
   * @throws IllegalArgumentException if a sum is not finite
   */
  Covariance(Moments moments, double meanWeight) {
    this.meanWeight = meanWeight;
    this.moments = moments;
    this.mean = moments.sum();
    double most = 0;
    for (int i = 0; i < mean.length; i++) {
      requireFinite(mean[i], "Σx", i, i);
      mean[i] /= moments.count();
      for (int j = i; j < mean.length; j++) {
        requireFinite(moments.product(i, j), "Σxxᵀ", i, j);
      }
      most = Math.max(most, moments.product(i, i) / moments.count());
    }
    this.largest = most;
  }

  /** Once, and of all: a comparison with NaN would pass it over. */
  private static void requireFinite(double value, String what, int i, int j) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "%s of components %d and %d is %s: no whitening can be fitted to such sums"
              .formatted(what, i, j, value));
    }
  }

  int dimension() {
    return mean.length;
  }

  /** How many directions so many descriptors can span. */
  long directions() {
    return meanWeight > 0 ? moments.count() : moments.count() - 1;
  }

  /** The sum of the variances about the mean, whatever that itself weighs. */
  double variance() {
    double sum = 0;
    for (int i = 0; i < mean.length; i++) {
      sum += moments.product(i, i) / moments.count() - mean[i] * mean[i];
    }
    return sum;
  }

  /** A copy of μ. */
  double[] mean() {
    return mean.clone();
  }

  /** Row i and column j, in any order. */
  double at(int i, int j) {
    int row = Math.min(i, j);
    int column = Math.max(i, j);
    return moments.product(row, column) / moments.count()
        - (1 - meanWeight) * (mean[row] * mean[column]);
  }

  /**
   * What rounding alone can put on an eigenvalue: one unit in the last place of the largest E[x²]
   * for each of up to D summed entries.
   */
  double noise() {
    return Math.ulp(largest) * mean.length;
  }

  /** Row i, D values. */
  double[] row(int i) {
    double[] row = new double[mean.length];
    for (int j = 0; j < row.length; j++) {
      row[j] = at(i, j);
    }
    return row;
  }
}
