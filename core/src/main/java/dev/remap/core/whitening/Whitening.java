package dev.remap.core.whitening;

import java.util.Arrays;
import java.util.Optional;

/**
 * A PCA whitening y = L2(P·(x − c·μ)): row k of P is λ'ₖ^−p · vₖᵀ for the k-th largest eigenvalue
 * of the covariance (divided by n), with the sign that makes the component of largest magnitude
 * positive. Rows beyond the rank, if there are any, are random directions of what the rank misses.
 *
 * <p>Immutable and thread-safe. Projection sums in double, by rising input component, in plain
 * Java: the same bits on every machine, one by one or in blocks.
 */
public final class Whitening {
  /** The number of descriptors of a whitening that another tool has fitted. */
  public static final long FITTED_ELSEWHERE = 0;

  private static final int BLOCK = 16; // vectors that share one pass over P
  private static final int TILE = 64; // columns of P that stay in the cache meanwhile

  private final WhiteningOptions options;
  private final long count;
  private final double[] mean;
  private final double[] eigenvalues;
  private final double[][] columns; // [input component][direction], each a float
  private final int dimension;
  private final int rank;
  private final String reason;
  private final Metric metric;

  Whitening(
      WhiteningOptions options,
      long count,
      double[] mean,
      double[] eigenvalues,
      double[][] columns,
      int rank,
      String reason) {
    this(options, count, mean, eigenvalues, columns, rank, reason, Metric.COSINE);
  }

  Whitening(
      WhiteningOptions options,
      long count,
      double[] mean,
      double[] eigenvalues,
      double[][] columns,
      int rank,
      String reason,
      Metric metric) {
    this.metric = metric;
    this.options = options;
    this.count = count;
    this.mean = mean;
    this.eigenvalues = eigenvalues;
    this.columns = columns;
    this.dimension = columns[0].length;
    this.rank = rank;
    this.reason = reason;
  }

  /**
   * Fits a whitening.
   *
   * @param moments with Σxxᵀ, of at least 2 different descriptors
   * @throws IllegalArgumentException if the wanted dimension exceeds the numerical rank, or there
   *     is nothing to whiten
   */
  public static Whitening fit(
      Moments moments, WhiteningOptions options, SymmetricEigenSolver solver) {
    return PcaFit.fit(moments, options, solver);
  }

  /**
   * Learns a whitening (Lw) from matching pairs: directions in which they differ count less, those
   * in which all descriptors differ otherwise come first.
   *
   * @param all with Σxxᵀ, of at least 2 different descriptors
   * @param pairs of such descriptors
   * @throws IllegalArgumentException as {@link #fit}; or if the pairs span too few directions for
   *     options without a ridge, or do not differ at all
   */
  public static Whitening learn(
      Moments all, PairMoments pairs, WhiteningOptions options, SymmetricEigenSolver solver) {
    return LearnedFit.fit(all, pairs, options, solver);
  }

  /**
   * The one that changes nothing: descriptors are the vectors, those that are compared by cosine at
   * length one.
   *
   * @param extractor whose descriptors they are: in the bytes, so that no two extractors share one
   */
  public static Whitening none(int dimension, Metric metric, String extractor) {
    double[] ones = new double[dimension];
    Arrays.fill(ones, 1);
    double[][] columns = new double[dimension][dimension];
    for (int i = 0; i < dimension; i++) {
      columns[i][i] = 1;
    }
    return new Whitening(
        new WhiteningOptions(dimension, 0, 0, 0, 0, 0),
        FITTED_ELSEWHERE,
        new double[dimension],
        ones,
        columns,
        dimension,
        "none: vectors are the descriptors of extractor %s %s"
            .formatted(
                extractor,
                metric == Metric.COSINE ? "at length one" : "as they are, and keep their lengths"),
        metric);
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are damaged, cut off or of another format
   */
  public static Whitening fromBytes(byte[] bytes) {
    return WhiteningCodec.decode(bytes);
  }

  /**
   * Reads what {@link #toBytes} wrote, or an {@code .npz} of NumPy with {@code mean} (or {@code m},
   * {@code mu}; D values) and {@code P} (or {@code projection}; d × D).
   *
   * @throws IllegalArgumentException if it is neither, damaged, or its sizes do not fit
   */
  public static Whitening fromFile(byte[] bytes) {
    return NpzWhitening.looksLikeOne(bytes) ? NpzWhitening.read(bytes) : fromBytes(bytes);
  }

  /** Everything, in a versioned little-endian format with a SHA-256 at the end. */
  public byte[] toBytes() {
    return WhiteningCodec.encode(this);
  }

  /** Components D of a descriptor. */
  public int inputDimension() {
    return mean.length;
  }

  /** Components d of a vector. */
  public int dimension() {
    return dimension;
  }

  /** What it was fitted with. */
  public WhiteningOptions options() {
    return options;
  }

  /** Number of descriptors it was fitted on; {@link #FITTED_ELSEWHERE} if nobody knows. */
  public long count() {
    return count;
  }

  /** Number of directions with an eigenvalue above the floor and above rounding. */
  public int rank() {
    return rank;
  }

  /** How its vectors are compared: by L2, they keep their lengths. */
  public Metric metric() {
    return metric;
  }

  /** Why it has the dimension it has. */
  public String reason() {
    return reason;
  }

  /**
   * A copy of the D variances along the directions, none negative: the eigenvalues of the
   * covariance, falling; where the mean counts as a direction, without its own part, which makes
   * those that have some of it fall out of line. Of a learned whitening, the eigenvalues of the
   * scatter in the space where pairs differ alike in all directions.
   */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** A copy of what is subtracted from a descriptor, c·μ (D). */
  public double[] shift() {
    return mean.clone();
  }

  /** A copy of P, row by row (d × D). */
  public double[] projection() {
    double[] rows = new double[dimension * mean.length];
    for (int i = 0; i < mean.length; i++) {
      for (int k = 0; k < dimension; k++) {
        rows[k * mean.length + i] = columns[i][k];
      }
    }
    return rows;
  }

  /**
   * What has become of this whitening by a training: as {@link #FITTED_ELSEWHERE}, since nobody can
   * tell how good it is from how many descriptors it began with.
   *
   * @param shift what is subtracted (D)
   * @param projection P, row by row (d × D); rounded to floats
   */
  public Whitening trained(double[] shift, double[] projection) {
    requireLength("shift", shift.length, 1, mean.length);
    requireLength("projection", projection.length, dimension, mean.length);
    double[][] trained = new double[mean.length][dimension];
    for (int i = 0; i < mean.length; i++) {
      for (int k = 0; k < dimension; k++) {
        trained[i][k] = (float) projection[k * mean.length + i];
      }
    }
    return new Whitening(
        options,
        FITTED_ELSEWHERE,
        shift.clone(),
        eigenvalues,
        trained,
        rank,
        "trained by labels; its eigenvalues are those that it began with",
        metric);
  }

  /** What is subtracted from a descriptor: c·μ. */
  double[] mean() {
    return mean;
  }

  double[] column(int i) {
    return columns[i];
  }

  /** Share in [0, 1] of the descriptors' variance that lies in the kept directions. */
  public double explainedVariance() {
    double kept = 0;
    double total = 0;
    for (int i = 0; i < eigenvalues.length; i++) {
      total += eigenvalues[i];
      kept += i < dimension ? eigenvalues[i] : 0;
    }
    return kept / total;
  }

  /** A sentence if so many dimensions are likely to hurt ranking. */
  public Optional<String> warning() {
    boolean scarce =
        count != FITTED_ELSEWHERE
            && !options.hasRidge()
            && (dimension > count / 4 || (rank < inputDimension() && dimension > rank / 2));
    return scarce && dimension > 1
        ? Optional.of(
            "whitening to "
                + dimension
                + " dimensions with "
                + count
                + " descriptors of rank "
                + rank
                + " without a ridge amplifies what is particular to single images and is likely to"
                + " destroy ranking; leave the ridge automatic, or keep to a fifth of the number of"
                + " descriptors")
        : Optional.empty();
  }

  /**
   * Projects one descriptor.
   *
   * @param x D components
   * @return d components of L2 norm 1, or all zero if {@code x} lies exactly on the mean; by {@link
   *     Metric#L2} of whatever norm they have
   * @throws IllegalArgumentException if the length is not D or a component is NaN or infinite
   */
  public float[] project(float[] x) {
    float[] out = new float[dimension];
    project(x, 1, out);
    return out;
  }

  /**
   * Projects {@code n} descriptors, with the bits that each alone would get.
   *
   * @param in n·D components, one descriptor after the other; longer is refused
   * @param out receives n·d components
   * @throws IllegalArgumentException as {@link #project(float[])}; {@code out} is undefined then
   */
  public void project(float[] in, int n, float[] out) {
    requireLength("descriptors", in.length, n, inputDimension());
    requireLength("output", out.length, n, dimension);
    for (int first = 0; first < n; first += BLOCK) {
      projectBlock(in, first, Math.min(n, first + BLOCK), out);
    }
  }

  private static void requireLength(String what, int length, int n, int each) {
    if (n < 0 || length != (long) n * each) {
      throw new IllegalArgumentException(
          "the " + what + " must hold " + n + " × " + each + " components, hold " + length);
    }
  }

  private void projectBlock(float[] in, int first, int end, float[] out) {
    double[][] sums = new double[end - first][dimension];
    for (int from = 0; from < mean.length; from += TILE) {
      int to = Math.min(mean.length, from + TILE);
      for (int v = first; v < end; v++) {
        accumulate(sums[v - first], in, v * mean.length, from, to);
      }
    }
    for (int v = first; v < end; v++) {
      double norm = norm(sums[v - first]);
      if (!Double.isFinite(norm)) {
        Finite.require(in, v * mean.length, mean.length);
      }
      divide(sums[v - first], metric == Metric.COSINE ? norm : 1, out, v * dimension);
    }
  }

  private void accumulate(double[] sums, float[] in, int offset, int from, int to) {
    for (int i = from; i < to; i++) {
      double x = in[offset + i] - mean[i];
      double[] column = columns[i];
      for (int k = 0; k < sums.length; k++) {
        sums[k] += x * column[k];
      }
    }
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static void divide(double[] values, double norm, float[] out, int offset) {
    for (int k = 0; k < values.length; k++) {
      out[offset + k] = norm == 0 ? 0f : (float) (values[k] / norm);
    }
  }
}
