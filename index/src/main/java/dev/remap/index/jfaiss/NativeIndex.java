package dev.remap.index.jfaiss;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * An IVF-PQ index in native memory: without entries it is a quantizer, with entries a shard.
 * Immutable; any number of threads may use one.
 */
public final class NativeIndex extends NativeHandle {
  private NativeIndex(long address) {
    super("index", address);
  }

  /**
   * Parameters of a training.
   *
   * @param dimension 1 to 65,536
   * @param opqDimension 0 for no OPQ, at most {@code dimension}
   * @param lists 1 to 2²⁴
   * @param hnswLinks 0 for a flat coarse quantizer, or 4 to 128
   * @param subquantizers at least 1; divides the dimension (after OPQ)
   * @param bits 4 to 8
   */
  public record Training(
      int dimension,
      int opqDimension,
      int lists,
      int hnswLinks,
      int subquantizers,
      int bits,
      int seed) {}

  /**
   * Trains an index without entries on the calling thread.
   *
   * @param vectors n rows; more may follow and are not read
   * @param n at least one for each list and each code number
   * @param progress gets a line now and then on this thread; what it throws ends the training
   * @throws IllegalArgumentException naming the number that is out of range, with its limits, or
   *     the vector that has a component which is not finite
   */
  public static NativeIndex train(
      Training training, float[] vectors, int n, Consumer<String> progress) {
    NativeLibrary.load();
    return new NativeIndex(
        Natives.train(
            training.dimension,
            training.opqDimension,
            training.lists,
            training.hnswLinks,
            training.subquantizers,
            training.bits,
            vectors,
            n,
            training.seed,
            progress));
  }

  /**
   * The last step of {@link #train}: an index without entries, of parts that were trained
   * elsewhere.
   *
   * @param training whose seed plays no part
   * @param rotation the OPQ matrix, {@code opqDimension} × {@code dimension}; empty without OPQ
   * @param centroids {@code lists} rows of as many components as OPQ leaves
   * @param codebook of each sub-quantizer 2^{@code bits} rows of its components, one after the
   *     other
   */
  public static NativeIndex assemble(
      Training training,
      float[] rotation,
      float[] centroids,
      float[] codebook,
      Consumer<String> progress) {
    NativeLibrary.load();
    return new NativeIndex(
        Natives.assemble(
            training.dimension,
            training.opqDimension,
            training.lists,
            training.hnswLinks,
            training.subquantizers,
            training.bits,
            rotation,
            centroids,
            codebook,
            progress));
  }

  /**
   * What {@link #train} trains the codebook on, once it has centroids: what is left of vectors
   * without the centroids of their lists.
   *
   * @param centroids {@code lists} rows of as many components as OPQ leaves
   * @param vectors n rows of as many components
   * @param n at least one for each code number; of more than 256 for each, so many are taken
   * @return rows of as many components
   */
  public static float[] residuals(
      Training training, float[] centroids, float[] vectors, int n, Consumer<String> progress) {
    NativeLibrary.load();
    return Natives.residuals(
        training.dimension,
        training.opqDimension,
        training.lists,
        training.hnswLinks,
        training.subquantizers,
        training.bits,
        centroids,
        vectors,
        n,
        training.seed,
        progress);
  }

  /**
   * The first step of a training with OPQ.
   *
   * @return {@code opqDimension} × {@code dimension} numbers
   */
  public static float[] rotation(
      Training training, float[] vectors, int n, Consumer<String> progress) {
    NativeLibrary.load();
    return Natives.rotation(
        training.dimension,
        training.opqDimension,
        training.subquantizers,
        training.bits,
        vectors,
        n,
        training.seed,
        progress);
  }

  /**
   * Reads a Faiss file. Its sizes, links and numbers are checked, so that no file leads native code
   * out of its memory; whether it is the right one is for its hash to say.
   *
   * @throws FaissException if it holds anything but an IVF-PQ index of the accepted kind
   */
  public static NativeIndex open(Path file) {
    return open(file, 0);
  }

  /**
   * As {@link #open(Path)}, for searches that go through a graph over the centroids more or less
   * widely.
   *
   * @param efSearch candidates that are kept on the way, up to 65,536, though never fewer than
   *     lists are visited; 0 for what the file says. Of an index without such a graph it changes
   *     nothing
   */
  public static NativeIndex open(Path file, int efSearch) {
    NativeLibrary.load();
    return new NativeIndex(Natives.open(bytes(file), efSearch));
  }

  /**
   * Writes the entries of shards that were built with this quantizer as one new file, flushed to
   * the disk; leaves none behind if it fails. Takes 8 bytes of native memory for each list of each
   * shard.
   *
   * @param shards at least one, in the order of their keys
   * @return how many entries that is
   * @throws IllegalArgumentException if another quantizer built one, or keys do not ascend from one
   *     to the next
   * @throws FaissException if one is damaged, or the file exists or cannot be written
   */
  public long merge(List<Path> shards, Path file) {
    byte[][] paths = shards.stream().map(NativeIndex::bytes).toArray(byte[][]::new);
    return share(quantizer -> Natives.merge(quantizer, paths, bytes(file)));
  }

  static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Writes a new file, flushed to the disk; leaves none behind if it fails. */
  public void write(Path file) {
    share(
        index -> {
          Natives.write(index, bytes(file));
          return null;
        });
  }

  /** For example {@code OPQ16_64,IVF1024_HNSW32,PQ16np}. */
  public String spec() {
    return share(Natives::spec);
  }

  /** 16 hexadecimal digits over transform, centroids and codebook, without the entries. */
  public String modelFingerprint() {
    return share(Natives::modelFingerprint);
  }

  /** A row for each list, of as many components as OPQ leaves. */
  public float[] centroids() {
    return share(Natives::centroids);
  }

  /** The OPQ matrix, a row for each component that it leaves; empty without OPQ. */
  public float[] rotation() {
    return share(Natives::rotationOf);
  }

  /** The rows of each sub-quantizer after those of the one before. */
  public float[] codebook() {
    return share(Natives::codebook);
  }

  /** Components of a vector that goes in. */
  public int dimension() {
    return share(Natives::dimension);
  }

  /** Number of entries. */
  public long size() {
    return share(Natives::size);
  }

  /** Entries of each inverted list. */
  public long[] listSizes() {
    return share(Natives::listSizes);
  }

  /** Keys of one inverted list, ascending. */
  public long[] keys(int list) {
    return share(index -> Natives.keys(index, list));
  }

  /**
   * The list of each of n vectors, and its code.
   *
   * @param lists filled with n numbers
   * @param codes filled with n codes, one after the other
   * @throws IllegalArgumentException if an array has too few elements, or a component is NaN,
   *     infinite or beyond 10⁹; then nothing was written
   */
  public void encode(float[] vectors, int n, int[] lists, byte[] codes) {
    share(
        index -> {
          Natives.encode(index, vectors, n, lists, codes);
          return null;
        });
  }

  /**
   * The nprobe lists that a search visits for each of n queries, nearest first; −1 where a graph
   * over the centroids finds fewer.
   *
   * @param lists filled with n·nprobe numbers, row by row
   * @throws IllegalArgumentException if a number is out of range, an array has too few elements, or
   *     a component is NaN, infinite or beyond 10⁹
   */
  public void probe(float[] queries, int n, int nprobe, int[] lists) {
    share(
        index -> {
          Natives.probe(index, queries, n, nprobe, lists);
          return null;
        });
  }

  /**
   * Fills the first n·k elements of keys and distances, row by row, ascending by (distance, key),
   * padded with key −1 at distance +∞.
   *
   * @param wanted one key for each query, or none at all
   * @param wantedDistances filled with the distance of each query to the entry under its wanted
   *     key, +∞ if none of the lists that are searched has it; as long as {@code wanted}
   */
  public void search(
      float[] queries,
      int n,
      int k,
      int nprobe,
      long[] keys,
      float[] distances,
      long[] wanted,
      float[] wantedDistances) {
    share(
        index -> {
          Natives.search(index, queries, n, k, nprobe, keys, distances, wanted, wantedDistances);
          return null;
        });
  }

  /**
   * What {@link #search} gives, to the last bit, for rows {@code from} to {@code from + n} of all
   * arrays; other rows stay as they are, so threads may share the arrays. Made for many queries at
   * once: it goes through the lists instead of the queries, and decodes each list once for all of
   * the queries that fit 64 MiB.
   *
   * @param keys row-major, k a row
   * @param distances row-major, k a row
   * @param wanted one key for each row, or none at all
   * @param wantedDistances as long as {@code wanted}
   * @throws IllegalArgumentException if a number is out of range, an array has too few rows, or a
   *     component is NaN, infinite or beyond 10⁹; then nothing was written
   */
  public void searchBatch(
      float[] queries,
      int from,
      int n,
      int k,
      int nprobe,
      long[] keys,
      float[] distances,
      long[] wanted,
      float[] wantedDistances) {
    share(
        index -> {
          Natives.searchBatch(
              index, queries, from, n, k, nprobe, keys, distances, wanted, wantedDistances);
          return null;
        });
  }

  @Override
  void release(long address) {
    Natives.closeIndex(address);
  }
}
