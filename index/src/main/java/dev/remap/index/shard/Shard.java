package dev.remap.index.shard;

import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.jfaiss.NativeIndex;
import dev.remap.index.quantizer.IndexSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A shard in memory, ready to be searched. Immutable; any number of threads may use one. */
public final class Shard implements AutoCloseable {
  private final NativeIndex index;
  private final IndexSpec spec;
  private final int dimension;

  private Shard(NativeIndex index) {
    this.index = index;
    this.spec = IndexSpec.parse(index.spec());
    this.dimension = index.dimension();
  }

  /**
   * Reads a shard after checking length and hash, then that it is an IVF-PQ index of the accepted
   * kind whose lists ascend by key.
   *
   * @throws FaissException if any of this fails, saying which
   * @throws UncheckedIOException if it can't be read
   */
  public static Shard open(Path file, String sha256, long bytes) {
    return open(file, sha256, bytes, 0);
  }

  /**
   * As {@link #open(Path, String, long)}.
   *
   * @param efSearch as {@link NativeIndex#open(Path, int)} takes it
   */
  public static Shard open(Path file, String sha256, long bytes, int efSearch) {
    checkLength(file, bytes);
    FileHash.verify(file, sha256);
    NativeIndex index = NativeIndex.open(file, efSearch);
    try {
      return new Shard(index);
    } catch (IllegalArgumentException e) {
      index.close();
      throw e;
    }
  }

  /** Opens a shard, and checks the number of entries and the quantizer that its record names. */
  public static Shard open(ShardFile file) {
    Shard shard = open(file.path(), file.sha256(), file.bytes());
    try {
      shard.check(file);
      return shard;
    } catch (FaissException e) {
      shard.close();
      throw e;
    }
  }

  /**
   * Reads a shard back and checks it against its record.
   *
   * @throws FaissException if it doesn't hold what the record says
   */
  public static void verify(ShardFile file) {
    open(file).close();
  }

  private static void checkLength(Path file, long bytes) {
    try {
      long actual = Files.size(file);
      if (actual != bytes) {
        throw new FaissException(
            "%s has %d bytes, expected %d: the file is truncated or another one, fetch it again"
                .formatted(file, actual, bytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + file + ": " + e, e);
    }
  }

  private void check(ShardFile file) {
    if (size() != file.entries()) {
      throw new FaissException(
          "%s has %d entries, its record says %d".formatted(file.path(), size(), file.entries()));
    }
    if (!modelFingerprint().equals(file.modelFingerprint())) {
      throw new FaissException(
          "%s was built with the quantizer %s, its record says %s"
              .formatted(file.path(), modelFingerprint(), file.modelFingerprint()));
    }
  }

  /** Number of entries. */
  public long size() {
    return index.size();
  }

  public IndexSpec spec() {
    return spec;
  }

  /** Components of a query. */
  public int dimension() {
    return dimension;
  }

  /** 16 hexadecimal digits: those of the quantizer that built it. */
  public String modelFingerprint() {
    return index.modelFingerprint();
  }

  public ListStatistics listStatistics() {
    return ListStatistics.of(index.listSizes());
  }

  /** Entries of each inverted list. */
  public long[] listSizes() {
    return index.listSizes();
  }

  /** Keys of one inverted list, ascending. */
  public long[] keys(int list) {
    return index.keys(list);
  }

  /**
   * The k nearest entries of each query among the nprobe nearest lists. What one query finds
   * doesn't depend on the others.
   *
   * @param queries rows of {@link #dimension} components; the first n are searched
   * @param k at least 1
   * @param nprobe 1 to the number of lists
   * @throws IllegalArgumentException if a number is out of range, the array isn't whole rows or has
   *     too few, or a component is NaN, infinite or beyond 10⁹
   */
  public SearchResult search(float[] queries, int n, int k, int nprobe) {
    return search(queries, new long[0], n, k, nprobe);
  }

  /**
   * Searches with vectors that the shard may hold itself: also looks up the entry under each one's
   * own key, which {@link SearchResult#own} tells of.
   *
   * @param own n keys
   */
  public SearchResult searchOwn(float[] vectors, long[] own, int n, int k, int nprobe) {
    checkOwn(own, n);
    return search(vectors, own, n, k, nprobe);
  }

  /**
   * What {@link #search} finds, to the last bit, whatever the number of threads: made for thousands
   * of queries. It goes through the lists instead of the queries: each list is decoded once for all
   * queries that probe it, and a matrix product tells which entries may be among their nearest.
   *
   * <p>Beside the arrays it takes at most 64 MiB a thread, 8 bytes for each list, and the scores of
   * 96 queries for all lists. The more queries a thread has for a list, the faster.
   *
   * @param queries rows of {@link #dimension} components; the first n are searched
   * @param k at least 1
   * @param nprobe 1 to the number of lists
   * @param threads at least 1: the calling one and others that live as long as the call; each takes
   *     its share of the queries
   * @throws IllegalArgumentException as {@link #search} does
   */
  public SearchResult searchBatch(float[] queries, int n, int k, int nprobe, int threads) {
    return searchBatch(queries, new long[0], n, k, nprobe, threads);
  }

  /**
   * What {@link #searchOwn} finds, in the way of {@link #searchBatch}.
   *
   * @param own n keys
   */
  public SearchResult searchOwnBatch(
      float[] vectors, long[] own, int n, int k, int nprobe, int threads) {
    checkOwn(own, n);
    return searchBatch(vectors, own, n, k, nprobe, threads);
  }

  private SearchResult searchBatch(
      float[] queries, long[] wanted, int n, int k, int nprobe, int threads) {
    checkRoom(n, k);
    long[] keys = new long[n * k];
    float[] distances = new float[n * k];
    float[] own = new float[wanted.length];
    RowThreads.run(
        n,
        threads,
        (from, rows) ->
            index.searchBatch(queries, from, rows, k, nprobe, keys, distances, wanted, own));
    return new SearchResult(n, k, keys, distances, own);
  }

  private static void checkOwn(long[] own, int n) {
    if (own.length != n) {
      throw new IllegalArgumentException("%d keys for %d vectors".formatted(own.length, n));
    }
  }

  private static void checkRoom(int n, int k) {
    if (n < 0 || k < 1 || (long) n * k > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d queries × k = %d: k must be at least 1 and the product fit an array".formatted(n, k));
    }
  }

  private SearchResult search(float[] queries, long[] wanted, int n, int k, int nprobe) {
    checkRoom(n, k);
    long[] keys = new long[n * k];
    float[] distances = new float[n * k];
    float[] own = new float[wanted.length];
    index.search(queries, n, k, nprobe, keys, distances, wanted, own);
    return new SearchResult(n, k, keys, distances, own);
  }

  /** For the builder of the next shard. */
  NativeIndex index() {
    return index;
  }

  /** Waits for running searches. */
  @Override
  public void close() {
    index.close();
  }
}
