package dev.remap.index.quantizer;

import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.jfaiss.NativeIndex;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A trained, empty index: coarse centroids, codebook, optionally OPQ. Its file is a plain Faiss
 * file, whose SHA-256 names it. Immutable; any number of threads may use one.
 */
public final class Quantizer implements AutoCloseable {
  private static final int ADVISED_VECTORS_PER_LIST = 39;

  private final NativeIndex index;
  private final IndexSpec spec;
  private final int dimension;

  Quantizer(NativeIndex index) {
    this.index = index;
    this.spec = IndexSpec.parse(index.spec());
    this.dimension = index.dimension();
  }

  /**
   * Trains on the calling thread: the same bytes for the same arguments.
   *
   * @param vectors n rows of {@code dimension} components, row-major; what OPQ leaves of such of
   *     length one is not normalised again
   * @param progress gets a line now and then
   * @throws IllegalArgumentException if the array doesn't fit, a component is NaN or infinite, the
   *     spec doesn't fit the dimension, or there are fewer vectors than {@link
   *     IndexSpec#minimumTrainingVectors}
   */
  public static Quantizer train(
      IndexSpec spec, int dimension, float[] vectors, int n, long seed, Consumer<String> progress) {
    spec.checkDimension(dimension);
    if (vectors.length != (long) n * dimension) {
      throw new IllegalArgumentException(
          "%d training vectors of dimension %d are %d numbers, the array has %d"
              .formatted(n, dimension, (long) n * dimension, vectors.length));
    }
    if (n < spec.minimumTrainingVectors()) {
      throw new IllegalArgumentException(
          "%s needs at least %d training vectors, got %d: use fewer lists or bits"
              .formatted(spec, spec.minimumTrainingVectors(), n));
    }
    advice(spec, n).ifPresent(progress);
    return new Quantizer(
        NativeIndex.train(TrainingSteps.numbers(spec, dimension, seed), vectors, n, progress));
  }

  /** A sentence where so many training vectors are few for so many lists. */
  public static Optional<String> advice(IndexSpec spec, int vectors) {
    return vectors >= (long) ADVISED_VECTORS_PER_LIST * spec.lists()
        ? Optional.empty()
        : Optional.of(
            "%d training vectors for %d lists: at least %d a list are advised"
                .formatted(vectors, spec.lists(), ADVISED_VECTORS_PER_LIST));
  }

  /**
   * Reads a quantizer after checking its hash.
   *
   * @throws FaissException if the hash differs, or it is another kind of index, or has entries
   * @throws java.io.UncheckedIOException if it can't be read
   */
  public static Quantizer open(Path file, String sha256) {
    return open(file, sha256, 0);
  }

  /**
   * As {@link #open(Path, String)}.
   *
   * @param efSearch as {@link NativeIndex#open(Path, int)} takes it; {@link #probe} goes by it
   */
  public static Quantizer open(Path file, String sha256, int efSearch) {
    FileHash.verify(file, sha256);
    NativeIndex index = NativeIndex.open(file, efSearch);
    try {
      if (index.size() != 0) {
        throw new FaissException(
            "%s is no quantizer but a shard: it has %d entries".formatted(file, index.size()));
      }
      return new Quantizer(index);
    } catch (FaissException | IllegalArgumentException e) {
      index.close();
      throw e;
    }
  }

  /**
   * Writes a new file.
   *
   * @return its SHA-256, which {@link #open} asks for
   * @throws FaissException if the path exists or can't be written
   */
  public String write(Path file) {
    index.write(file);
    return FileHash.of(file);
  }

  /** Components of a vector that goes in, before OPQ. */
  public int dimension() {
    return dimension;
  }

  public IndexSpec spec() {
    return spec;
  }

  /** 16 hexadecimal digits; a shard has those of the quantizer that built it. */
  public String modelFingerprint() {
    return index.modelFingerprint();
  }

  /**
   * The list and the code of each of the first n vectors, which {@link
   * dev.remap.index.shard.ShardBuilder#addCodes} takes.
   *
   * @param vectors rows of {@link #dimension} components
   * @throws IllegalArgumentException if there are fewer rows, or a component is NaN, infinite or
   *     beyond 10⁹
   */
  public Codes encode(float[] vectors, int n) {
    int[] lists = new int[Math.max(0, n)];
    byte[] codes = new byte[Math.multiplyExact(lists.length, spec.codeBytes())];
    index.encode(vectors, n, lists, codes);
    return new Codes(lists, codes);
  }

  /**
   * The lists that a search of any shard of this quantizer visits, nprobe for each of the first n
   * queries, nearest first; −1 where a graph over the centroids finds fewer.
   *
   * @param queries rows of {@link #dimension} components
   * @param nprobe 1 to the number of lists
   * @throws IllegalArgumentException if a number is out of range, there are fewer rows, or a
   *     component is NaN, infinite or beyond 10⁹
   */
  public int[] probe(float[] queries, int n, int nprobe) {
    int[] lists = new int[Math.multiplyExact(Math.max(0, n), Math.max(0, nprobe))];
    index.probe(queries, n, nprobe, lists);
    return lists;
  }

  /** For the builder of shards. */
  public NativeIndex index() {
    return index;
  }

  /** Shards and builders made from this quantizer stay usable. */
  @Override
  public void close() {
    index.close();
  }
}
