package dev.remap.index.jfaiss;

import java.util.function.Consumer;

/**
 * The entries of {@code libjfaiss.so}. Only the handles call them: they hold the lock that keeps an
 * object alive. The native side checks every argument: numbers against their limits, arrays against
 * the dimension of their object, components against NaN and infinity, handles against those that
 * are open, files against their length. It throws IllegalArgumentException, IllegalStateException,
 * FaissException or OutOfMemoryError, and nothing else leaves it.
 */
final class Natives {
  private Natives() {}

  static native long train(
      int dimension,
      int opqDimension,
      int lists,
      int hnswLinks,
      int subquantizers,
      int bits,
      float[] vectors,
      int n,
      int seed,
      Consumer<String> progress);

  /** The last step of {@code train}: rotation has no numbers without OPQ. */
  static native long assemble(
      int dimension,
      int opqDimension,
      int lists,
      int hnswLinks,
      int subquantizers,
      int bits,
      float[] rotation,
      float[] centroids,
      float[] codebook,
      Consumer<String> progress);

  /** What {@code train} trains the codebook on. */
  static native float[] residuals(
      int dimension,
      int opqDimension,
      int lists,
      int hnswLinks,
      int subquantizers,
      int bits,
      float[] centroids,
      float[] vectors,
      int n,
      int seed,
      Consumer<String> progress);

  /** The first step of {@code train} with OPQ. */
  static native float[] rotation(
      int dimension,
      int opqDimension,
      int subquantizers,
      int bits,
      float[] vectors,
      int n,
      int seed,
      Consumer<String> progress);

  /** Products of the first n vectors with the rows of a matrix. */
  static native float[] rotate(float[] matrix, int dimension, float[] vectors, int n);

  /** {@code start} has k rows, or no numbers. */
  static native float[] cluster(
      float[] vectors,
      int n,
      int dimension,
      int k,
      int iterations,
      int seed,
      float[] start,
      double leastGain,
      Consumer<String> progress);

  /** Fills the first n of rows and distances. */
  static native void nearest(
      float[] centroids, int dimension, float[] vectors, int n, int[] rows, float[] distances);

  /** {@code efSearch} is 0 for what the file says. */
  static native long open(byte[] path, int efSearch);

  static native void closeIndex(long index);

  static native void write(long index, byte[] path);

  static native String spec(long index);

  static native String modelFingerprint(long index);

  static native float[] centroids(long index);

  /** The OPQ matrix; no numbers without OPQ. */
  static native float[] rotationOf(long index);

  static native float[] codebook(long index);

  static native int dimension(long index);

  static native long size(long index);

  static native long[] listSizes(long index);

  static native long[] keys(long index, int list);

  /** {@code wanted} has a key for each query, or none at all. */
  static native void search(
      long index,
      float[] queries,
      int n,
      int k,
      int nprobe,
      long[] keys,
      float[] distances,
      long[] wanted,
      float[] wantedDistances);

  /**
   * The same results as {@code search} for n rows of all arrays, from row {@code from} on; {@code
   * wanted} has a key for each row of {@code queries} that is read, or none at all.
   */
  static native void searchBatch(
      long index,
      float[] queries,
      int from,
      int n,
      int k,
      int nprobe,
      long[] keys,
      float[] distances,
      long[] wanted,
      float[] wantedDistances);

  /** Fills the first n of lists, and n codes. */
  static native void encode(long index, float[] vectors, int n, int[] lists, byte[] codes);

  /** Fills nprobe lists for each of n queries; -1 where HNSW finds fewer. */
  static native void probe(long index, float[] queries, int n, int nprobe, int[] lists);

  /** {@code previous} is 0 for none. */
  static native long newBuilder(long quantizer, long previous, long[] dropped);

  static native void closeBuilder(long builder);

  static native void add(long builder, long[] keys, float[] vectors, int n);

  static native void addCodes(long builder, long[] keys, int[] lists, byte[] codes, int n);

  static native long builderSize(long builder);

  static native void writeShard(long builder, byte[] path);

  /** Returns the number of entries. */
  static native long merge(long quantizer, byte[][] shards, byte[] path);

  static native String instructionSet();
}
