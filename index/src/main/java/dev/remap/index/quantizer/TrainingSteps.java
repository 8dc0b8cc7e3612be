package dev.remap.index.quantizer;

import dev.remap.index.jfaiss.NativeIndex;
import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.jfaiss.NativeVectors.Lloyd;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What {@link Quantizer#train} does, step by step, so that each may be done elsewhere: with up to
 * 16,383 lists and an empty start the bytes are the same.
 *
 * @param dimension components of a vector, before OPQ
 * @param start what a quantizer of the same spec and dimension has come to, to begin with
 */
public record TrainingSteps(IndexSpec spec, int dimension, long seed, Start start) {
  /**
   * From a start, an iteration that improves the mean squared distance by less than this is the
   * last.
   */
  public static final double LEAST_GAIN = 0.002;

  private static final int COARSE_ITERATIONS = 20;
  private static final int CODEBOOK_ITERATIONS = 25;

  /**
   * Where a training begins.
   *
   * @param rotation the OPQ matrix, which is kept; empty without OPQ
   * @param centroids a row for each list
   * @param codebook the rows of each sub-quantizer after those of the one before
   */
  public record Start(float[] rotation, float[] centroids, float[] codebook) {
    /** With what the seed draws. */
    public static final Start DRAWN = new Start(new float[0], new float[0], new float[0]);

    /** With what a quantizer has. */
    public static Start of(Quantizer quantizer) {
      NativeIndex index = quantizer.index();
      return new Start(index.rotation(), index.centroids(), index.codebook());
    }

    public boolean isDrawn() {
      return centroids.length == 0;
    }

    private double leastGain() {
      return isDrawn() ? 0 : LEAST_GAIN;
    }
  }

  /**
   * Checks that they fit.
   *
   * @throws IllegalArgumentException if the spec doesn't fit the dimension
   */
  public TrainingSteps {
    spec.checkDimension(dimension);
  }

  static NativeIndex.Training numbers(IndexSpec spec, int dimension, long seed) {
    return new NativeIndex.Training(
        dimension,
        spec.opqDimension(),
        spec.lists(),
        spec.hnswLinks(),
        spec.subquantizers(),
        spec.bits(),
        nativeSeed(seed));
  }

  private static int nativeSeed(long seed) {
    return Long.hashCode(seed) & Integer.MAX_VALUE;
  }

  private NativeIndex.Training numbers() {
    return numbers(spec, dimension, seed);
  }

  /** Components that OPQ leaves. */
  public int components() {
    return spec.opqDimension() == 0 ? dimension : spec.opqDimension();
  }

  /**
   * The OPQ matrix; empty without OPQ.
   *
   * @param vectors n rows
   * @param n at least one for each code number
   */
  public float[] rotation(float[] vectors, int n, Consumer<String> progress) {
    return spec.opqDimension() == 0 || !start.isDrawn()
        ? start.rotation
        : NativeIndex.rotation(numbers(), vectors, n, progress);
  }

  /**
   * A centroid for each list.
   *
   * @param vectors n rows as they come out of OPQ
   * @param n at least one for each list
   */
  public float[] centroids(float[] vectors, int n, Consumer<String> progress) {
    Lloyd lloyd =
        new Lloyd(
            spec.lists(), COARSE_ITERATIONS, nativeSeed(seed), start.centroids, start.leastGain());
    return NativeVectors.cluster(
        vectors, n, components(), lloyd, line -> progress.accept("coarse quantizer: " + line));
  }

  /**
   * What the sub-quantizers are trained on.
   *
   * @param centroids a row for each list
   * @param vectors n rows as they come out of OPQ
   * @param n at least one for each code number; of more than 256 for each, so many are taken
   * @throws IllegalArgumentException if an array doesn't fit
   */
  public float[] residuals(float[] centroids, float[] vectors, int n, Consumer<String> progress) {
    return NativeIndex.residuals(numbers(), centroids, vectors, n, progress);
  }

  /** All sub-quantizers that are to train. */
  public List<SubQuantizer> subQuantizers() {
    int width = components() / spec.subquantizers();
    return IntStream.range(0, spec.subquantizers())
        .mapToObj(m -> new SubQuantizer(m * width, width, components(), codes(m, width)))
        .toList();
  }

  private Lloyd codes(int m, int width) {
    int rows = 1 << spec.bits();
    float[] first =
        start.isDrawn()
            ? start.codebook
            : Arrays.copyOfRange(start.codebook, m * rows * width, (m + 1) * rows * width);
    return new Lloyd(rows, CODEBOOK_ITERATIONS, nativeSeed(seed), first, start.leastGain());
  }

  /**
   * Puts the parts together; builds the graph over the centroids if there is one.
   *
   * @param codes what each sub-quantizer came to, in their order
   * @throws IllegalArgumentException if an array doesn't fit
   */
  public Quantizer quantizer(
      float[] rotation, float[] centroids, List<float[]> codes, Consumer<String> progress) {
    float[] codebook = new float[codes.stream().mapToInt(part -> part.length).sum()];
    int filled = 0;
    for (float[] part : codes) {
      System.arraycopy(part, 0, codebook, filled, part.length);
      filled += part.length;
    }
    return new Quantizer(NativeIndex.assemble(numbers(), rotation, centroids, codebook, progress));
  }
}
