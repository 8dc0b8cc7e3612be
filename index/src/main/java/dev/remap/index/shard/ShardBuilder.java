package dev.remap.index.shard;

import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.jfaiss.NativeShardBuilder;
import dev.remap.index.quantizer.Quantizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Turns vectors into one shard: a plain Faiss file in canonical order, whose bytes depend only on
 * the quantizer and the set of (key, vector), not on how they were handed in, nor on whether some
 * came from a previous shard. Takes about code size + 12 bytes of native memory an entry.
 */
public final class ShardBuilder implements AutoCloseable {
  private final NativeShardBuilder builder;
  private final int dimension;
  private final String modelFingerprint;

  /** A builder for a shard from nothing. The quantizer may be closed while the builder is used. */
  public ShardBuilder(Quantizer quantizer) {
    this(quantizer, NativeShardBuilder.empty(quantizer.index()));
  }

  /**
   * A builder that starts with the entries of a previous shard, their codes copied, minus those
   * dropped: the keys removed and those about to be added anew. Keys to drop that the previous
   * shard doesn't have are ignored.
   *
   * @throws IllegalArgumentException if another quantizer built the previous shard
   */
  public ShardBuilder(Quantizer quantizer, Shard previous, long[] dropped) {
    this(quantizer, NativeShardBuilder.from(quantizer.index(), previous.index(), dropped));
  }

  private ShardBuilder(Quantizer quantizer, NativeShardBuilder builder) {
    this.builder = builder;
    this.dimension = quantizer.dimension();
    this.modelFingerprint = quantizer.modelFingerprint();
  }

  /**
   * Adds the first n of keys and vectors, all or none.
   *
   * @param keys not negative, ascending over all calls
   * @param vectors one row of {@code dimension} components for each element of keys
   * @throws IllegalArgumentException if the arrays don't fit each other and the dimension, keys
   *     don't ascend, or a component is NaN, infinite or beyond 10⁹
   */
  public void add(long[] keys, float[] vectors, int n) {
    if (vectors.length != (long) keys.length * dimension) {
      throw new IllegalArgumentException(
          "%d keys need %d numbers for vectors of dimension %d, the array has %d"
              .formatted(keys.length, (long) keys.length * dimension, dimension, vectors.length));
    }
    builder.add(keys, vectors, n);
  }

  /**
   * Adds the first n entries that {@link Quantizer#encode} made of vectors, all or none.
   *
   * @param keys not negative, ascending over all calls
   * @param lists the list of each
   * @param codes of each, one after the other
   * @throws IllegalArgumentException if an array is too short, keys don't ascend, or there is no
   *     such list
   */
  public void addCodes(long[] keys, int[] lists, byte[] codes, int n) {
    builder.addCodes(keys, lists, codes, n);
  }

  /** Entries so far, those kept from a previous shard included. */
  public long size() {
    return builder.size();
  }

  /**
   * Writes a new file, flushed to the disk, and hashes what lies there. Close the builder before
   * {@link Shard#verify}, or both take memory.
   *
   * @throws dev.remap.index.jfaiss.FaissException if the path exists or can't be written
   * @throws IllegalArgumentException if a key was added that the previous shard keeps
   */
  public ShardFile write(Path file) {
    long entries = builder.size();
    builder.write(file);
    try {
      return new ShardFile(file, Files.size(file), FileHash.of(file), entries, modelFingerprint);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read back " + file, e);
    }
  }

  @Override
  public void close() {
    builder.close();
  }
}
