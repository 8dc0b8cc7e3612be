package dev.remap.jobs.upkeep.plan;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.spark.ShardCount;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Whitenings;
import java.util.Locale;

/**
 * What an index will look like.
 *
 * @param dimension components of a vector
 * @param quantizer bytes of the trained quantizer, which every shard carries
 */
record IndexShape(
    long entries, int dimension, IndexSpec spec, long quantizer, int shards, ShardLayout layout) {
  // A list and a key beside the code.
  private static final int SHUFFLED_BYTES = Integer.BYTES + Long.BYTES;

  /** As the live generation is, with other entries. */
  static IndexShape like(Generation live, Settings settings, long entries, ShardLayout layout) {
    IndexSpec spec = IndexSpec.parse(live.inputs().spec());
    return of(settings, spec, live.vectors().dimension(), entries, layout);
  }

  /** As the settings would have a new one. */
  static IndexShape fresh(Settings settings, int descriptor, long entries, ShardLayout layout) {
    try {
      int dimension = Whitenings.options(settings).expectedDimension(descriptor, entries);
      IndexSpec spec = Quantizers.spec(settings, entries, dimension, choice -> {});
      return of(settings, spec, dimension, entries, layout);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "There is no plan for an index of %,d images, quantizer.spec %s: %s",
          entries, settings.string("quantizer.spec"), e.getMessage());
    }
  }

  private static IndexShape of(
      Settings settings, IndexSpec spec, int dimension, long entries, ShardLayout layout) {
    // Centroids with the sizes of their lists, codebook, rotation.
    long reduced = spec.opqDimension() == 0 ? dimension : spec.opqDimension();
    long rotation = spec.opqDimension() == 0 ? 0 : 4 * reduced * dimension;
    long quantizer = spec.lists() * (4 * reduced + 8) + ((4 * reduced) << spec.bits()) + rotation;
    int shards = ShardCount.of(settings, spec, quantizer, entries);
    return new IndexShape(entries, dimension, spec, quantizer, shards, layout);
  }

  /** Bytes of all shards: codes with their keys, and the quantizer in each. */
  long bytes() {
    return entries * ((long) spec.codeBytes() + Long.BYTES) + shards * quantizer;
  }

  long shardBytes() {
    return bytes() / shards;
  }

  /** Native memory for building one shard. */
  long buildBytes() {
    return ShardCount.bytes(spec, quantizer, entries / shards);
  }

  /** Bytes that pass a shuffle where so many vectors are encoded. */
  long shuffledBytes(long encoded) {
    return layout == ShardLayout.LIST ? encoded * (spec.codeBytes() + SHUFFLED_BYTES) : 0;
  }

  /** For example {@code IVF4096,PQ16np (codes of 16 bytes), 2 shards of 1.2 GB}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s (codes of %d bytes), %,d shards of %s",
        spec,
        spec.codeBytes(),
        shards,
        Console.bytes(shardBytes()));
  }

  /** Vectors that the quantizer is trained on. */
  long trainingVectors(Settings settings) {
    return Quantizers.trainingVectors(settings, spec, entries);
  }
}
