package dev.remap.index.jfaiss;

import java.io.Serializable;
import java.util.function.Consumer;

/** What is computed from vectors and centroids alone, on the calling thread. */
public final class NativeVectors {
  private NativeVectors() {}

  /**
   * Lloyd's iterations.
   *
   * @param k centroids, 1 to n, at most 2²⁴
   * @param iterations at most so many, 1 to 1,000; fewer if one changes nothing
   * @param start k rows to begin with; empty for vectors that the seed draws
   * @param leastGain after an iteration whose mean squared distance was smaller than that of the
   *     one before by less than this share of it, the next is the last; 0 for never
   */
  public record Lloyd(int k, int iterations, int seed, float[] start, double leastGain)
      implements Serializable {
    private static final float[] NONE = new float[0];

    /** From vectors that the seed draws, to the last iteration. */
    public static Lloyd drawn(int k, int iterations, int seed) {
      return new Lloyd(k, iterations, seed, NONE, 0);
    }
  }

  /**
   * k centroids of n vectors, as {@code faiss::Clustering} finds them: it begins with vectors drawn
   * by the seed, and of more than 256 for a centroid it takes so many.
   *
   * @param vectors n rows of {@code dimension} components
   * @param progress gets a line of each iteration on this thread; what it throws ends the work
   * @return k rows
   * @throws IllegalArgumentException naming the number that is out of range, or the vector that has
   *     a component which is not finite
   */
  public static float[] cluster(
      float[] vectors, int n, int dimension, Lloyd lloyd, Consumer<String> progress) {
    NativeLibrary.load();
    return Natives.cluster(
        vectors,
        n,
        dimension,
        lloyd.k,
        lloyd.iterations,
        lloyd.seed,
        lloyd.start,
        lloyd.leastGain,
        progress);
  }

  /**
   * Finds the nearest centroid of each vector, the same one whatever the instruction set: that with
   * the smallest score, ties to the lowest. Beside the arrays it takes the vectors once more, and
   * 32 MiB.
   *
   * @param centroids at least one row of {@code dimension} components
   * @param vectors n rows
   * @param rows gets the nearest of each; room for n
   * @param distances gets the squared distance to it; room for n
   * @throws IllegalArgumentException as {@link #cluster}
   */
  public static void nearest(
      float[] centroids, int dimension, float[] vectors, int n, int[] rows, float[] distances) {
    NativeLibrary.load();
    Natives.nearest(centroids, dimension, vectors, n, rows, distances);
  }

  /**
   * Products of n vectors with all rows of a matrix, as OPQ's are in a shard.
   *
   * @param matrix rows of {@code dimension} components
   * @return n rows, with a component for each row of the matrix
   */
  public static float[] multiply(float[] matrix, int dimension, float[] vectors, int n) {
    NativeLibrary.load();
    return Natives.rotate(matrix, dimension, vectors, n);
  }
}
