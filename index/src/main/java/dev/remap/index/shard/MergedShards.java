package dev.remap.index.shard;

import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.quantizer.Quantizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shards as one Faiss file, for those who serve one. */
public final class MergedShards {
  private MergedShards() {}

  /**
   * Copies the entries of shards, list by list, into one new file: to the byte the shard that would
   * have been built from all their vectors. Takes 8 bytes of native memory for each list of each
   * shard, and a few MB, however many entries there are.
   *
   * @param quantizer that built all of them
   * @param shards at least one, in the order of their keys, which they share none of
   * @throws IllegalArgumentException if another quantizer built one, or keys do not ascend from one
   *     to the next
   * @throws dev.remap.index.jfaiss.FaissException if one is damaged, or the file exists or cannot
   *     be written; none is left behind
   */
  public static ShardFile write(Quantizer quantizer, List<Path> shards, Path file) {
    long entries = quantizer.index().merge(shards, file);
    try {
      return new ShardFile(
          file, Files.size(file), FileHash.of(file), entries, quantizer.modelFingerprint());
    } catch (IOException e) {
      throw new UncheckedIOException("can't read back " + file, e);
    }
  }
}
