package dev.remap.index.jfaiss;

import java.nio.file.Path;

/** Encodes vectors and writes them as one Faiss file. Calls wait for each other. */
public final class NativeShardBuilder extends NativeHandle {
  private NativeShardBuilder(long address) {
    super("shard builder", address);
  }

  /** A builder that starts empty. It shares the quantizer, which may be closed at any time. */
  public static NativeShardBuilder empty(NativeIndex quantizer) {
    return quantizer.share(q -> new NativeShardBuilder(Natives.newBuilder(q, 0, new long[0])));
  }

  /**
   * A builder that starts with the entries of a previous shard, codes as they are, minus those
   * dropped. Keys to drop that aren't there are ignored.
   *
   * @throws IllegalArgumentException if another quantizer built the previous shard
   */
  public static NativeShardBuilder from(
      NativeIndex quantizer, NativeIndex previous, long[] dropped) {
    return quantizer.share(
        q -> previous.share(p -> new NativeShardBuilder(Natives.newBuilder(q, p, dropped))));
  }

  /** Adds n vectors, all or none; keys ascend over all calls. */
  public void add(long[] keys, float[] vectors, int n) {
    own(
        builder -> {
          Natives.add(builder, keys, vectors, n);
          return null;
        });
  }

  /** Adds n entries whose codes are made already, all or none; keys ascend over all calls. */
  public void addCodes(long[] keys, int[] lists, byte[] codes, int n) {
    own(
        builder -> {
          Natives.addCodes(builder, keys, lists, codes, n);
          return null;
        });
  }

  /** Entries that {@link #write} would write. */
  public long size() {
    return share(Natives::builderSize);
  }

  /** Writes a new file, flushed to the disk; leaves none behind if it fails. */
  public void write(Path file) {
    share(
        builder -> {
          Natives.writeShard(builder, NativeIndex.bytes(file));
          return null;
        });
  }

  @Override
  void release(long address) {
    Natives.closeBuilder(address);
  }
}
