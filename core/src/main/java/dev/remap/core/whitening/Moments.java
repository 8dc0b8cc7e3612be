package dev.remap.core.whitening;

import java.util.Objects;

/**
 * The PCA-whitening statistics of a sequence of descriptors: n, Σx and the upper triangle of Σxxᵀ,
 * or some rows of it, in double.
 *
 * <p>Every sum adds in call order, element by element, so the bits are a pure function of the
 * sequence of {@link #add} and {@link #merge} calls: they do not depend on the machine, on when a
 * sum is read, or on how vectors are buffered inside.
 *
 * <p>No provisional centre is subtracted. The product of two floats is exact in double, so the only
 * error is that of adding: about √n·2⁻⁵³ of the sum within one sequence, less once sequences are
 * merged. The covariance divides that by the share of the variance in E[x²]: with a mean ten times
 * the standard deviation and 10⁶ vectors in one sequence it keeps a relative error near 10⁻¹¹, far
 * below the 2⁻²⁴ of the descriptors themselves.
 *
 * <p>Memory: 4·D² bytes for Σxxᵀ (67 MB at D = 4096) and 512·D for the buffer. Not thread-safe.
 */
public final class Moments {
  private static final int BLOCK = 64;
  private static final int TILE = 512;

  private final int dimension;
  private final double[] sum;
  private final int first; // row of the matrix that outer begins with
  private final double[][] outer; // of row i columns i..D-1
  private final double[][][] buffer; // [tile of columns][vector][column within the tile]
  private final double[] accumulator = new double[TILE];
  private long count;
  private int buffered;

  private Moments(double[] sum, int first, double[][] outer, double[][][] buffer) {
    this.dimension = sum.length;
    this.sum = sum;
    this.first = first;
    this.outer = outer;
    this.buffer = buffer;
  }

  /** Empty moments that keep n, Σx and Σxxᵀ of vectors with {@code dimension} components. */
  public static Moments full(int dimension) {
    return rows(dimension, 0, dimension);
  }

  /**
   * Empty moments that keep n, Σx and some rows of Σxxᵀ, with the bits that {@link #full} has
   * there.
   *
   * @param from the first row kept, 0 to D
   * @param to the first row after those kept, {@code from} to D
   */
  public static Moments rows(int dimension, int from, int to) {
    requirePositive(dimension);
    Objects.checkFromToIndex(from, to, dimension);
    double[][] outer = new double[to - from][];
    for (int i = from; i < to; i++) {
      outer[i - from] = new double[dimension - i];
    }
    return new Moments(new double[dimension], from, outer, buffer(dimension));
  }

  /**
   * Moments that were summed elsewhere.
   *
   * @param sum Σx; not copied
   * @param outer row i of the upper triangle of Σxxᵀ: columns i to D−1; not copied
   * @throws IllegalArgumentException if a length is not as it must be, or the count is negative
   */
  public static Moments summed(long count, double[] sum, double[][] outer) {
    requirePositive(sum.length);
    requireLength(outer.length, sum.length, "Σxxᵀ, counted in rows,");
    for (int i = 0; i < sum.length; i++) {
      requireLength(outer[i].length, sum.length - i, "row " + i + " of Σxxᵀ");
    }
    Moments moments = new Moments(sum, 0, outer, buffer(sum.length));
    if (count < 0) {
      throw new IllegalArgumentException("a count cannot be negative, was " + count);
    }
    moments.count = count;
    return moments;
  }

  private static double[][][] buffer(int dimension) {
    int tiles = (dimension + TILE - 1) / TILE;
    return new double[tiles][BLOCK][Math.min(TILE, dimension)];
  }

  private static void requirePositive(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
  }

  /** Number of components D of a vector. */
  public int dimension() {
    return dimension;
  }

  /** Number of vectors n. */
  public long count() {
    return count;
  }

  /** A copy of Σx. */
  public double[] sum() {
    return sum.clone();
  }

  /**
   * A copy of row {@code i} of the upper triangle of Σxxᵀ: columns i to D−1, so D−i values.
   *
   * @throws IllegalStateException if the row is not kept
   */
  public double[] row(int i) {
    requireRow(i);
    flush();
    return outer[i - first].clone();
  }

  /** One entry of the upper triangle of Σxxᵀ: row {@code i}, column {@code j ≥ i}. */
  double product(int i, int j) {
    requireRow(i);
    flush();
    return outer[i - first][j - i];
  }

  /**
   * Adds one descriptor.
   *
   * @throws IllegalArgumentException if its length is not D or a component is NaN or infinite;
   *     nothing is added then
   */
  public void add(float[] x) {
    requireLength(x.length, dimension, "a vector");
    Finite.require(x, 0, dimension);
    for (int i = 0; i < dimension; i++) {
      sum[i] += x[i];
    }
    count++;
    buffer(x);
  }

  /** Adds a vector of finite doubles, which is not checked; its products are rounded. */
  void add(double[] x) {
    for (int i = 0; i < dimension; i++) {
      sum[i] += x[i];
      buffer[i / TILE][buffered][i % TILE] = x[i];
    }
    count++;
    if (++buffered == BLOCK) {
      flush();
    }
  }

  /**
   * Adds the moments of the vectors that follow this object's.
   *
   * @throws IllegalArgumentException if the dimension differs, or the two do not keep the same rows
   *     of Σxxᵀ (n would then not be that of Σxxᵀ)
   */
  public void merge(Moments other) {
    requireLength(other.dimension, dimension, "the other moments");
    if (first != other.first || outer.length != other.outer.length) {
      throw new IllegalArgumentException(
          "moments that keep other rows of Σxxᵀ cannot be merged: n would count vectors that it lacks");
    }
    addSums(other.count, other.sum);
    flush();
    other.flush();
    for (int i = 0; i < outer.length; i++) {
      addInto(outer[i], other.outer[i]);
    }
  }

  private void addSums(long otherCount, double[] otherSum) {
    count = Math.addExact(count, otherCount);
    addInto(sum, otherSum);
  }

  private void requireRow(int i) {
    if (i < first || i >= first + outer.length) {
      throw new IllegalStateException(
          "these moments keep rows "
              + first
              + " to before "
              + (first + outer.length)
              + " of Σxxᵀ, and not row "
              + i);
    }
  }

  private static void requireLength(int length, int expected, String what) {
    if (length != expected) {
      throw new IllegalArgumentException(
          what + " must have " + expected + " components, has " + length);
    }
  }

  private static void addInto(double[] to, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  private void buffer(float[] x) {
    for (int i = 0; i < dimension; i++) {
      buffer[i / TILE][buffered][i % TILE] = x[i];
    }
    if (++buffered == BLOCK) {
      flush();
    }
  }

  /** Rank-k update with the buffered vectors, by tiles of columns that stay in the cache. */
  private void flush() {
    if (buffered == 0) {
      return;
    }
    for (int tile = 0; tile < buffer.length; tile++) {
      int end = Math.min(dimension, (tile + 1) * TILE);
      for (int i = first; i < Math.min(end, first + outer.length); i++) {
        updateRow(i, tile, end);
      }
    }
    buffered = 0;
  }

  private void updateRow(int i, int tile, int end) {
    int start = tile * TILE;
    int from = Math.max(i, start);
    double[] row = outer[i - first];
    System.arraycopy(row, from - i, accumulator, from - start, end - from);
    double[][] left = buffer[i / TILE];
    double[][] right = buffer[tile];
    int column = i % TILE;
    int b = 0;
    for (; b + 4 <= buffered; b += 4) {
      addFour(left, right, b, column, from - start, end - start);
    }
    for (; b < buffered; b++) {
      addOne(left[b][column], right[b], from - start, end - start);
    }
    System.arraycopy(accumulator, from - start, row, from - i, end - from);
  }

  private void addFour(double[][] left, double[][] right, int b, int column, int from, int to) {
    double a0 = left[b][column];
    double a1 = left[b + 1][column];
    double a2 = left[b + 2][column];
    double a3 = left[b + 3][column];
    double[] x0 = right[b];
    double[] x1 = right[b + 1];
    double[] x2 = right[b + 2];
    double[] x3 = right[b + 3];
    double[] sums = accumulator;
    for (int j = from; j < to; j++) {
      // One addition after the other, as four calls of addOne would: same bits, a quarter of the
      // loads and stores.
      sums[j] = (((sums[j] + a0 * x0[j]) + a1 * x1[j]) + a2 * x2[j]) + a3 * x3[j];
    }
  }

  private void addOne(double a, double[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      accumulator[j] += a * x[j];
    }
  }
}
