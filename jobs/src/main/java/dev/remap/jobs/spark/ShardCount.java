package dev.remap.jobs.spark;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;

/** How many shards an index is cut into: as many as the settings ask for, or as memory needs. */
public final class ShardCount {
  private ShardCount() {}

  /**
   * What the settings say, or memory asks for.
   *
   * @param quantizer bytes of the trained quantizer, which every shard carries
   */
  public static int of(Settings settings, IndexSpec spec, long quantizer, long rows) {
    int wanted = settings.integer("index.shards", 0, 1_000_000);
    if (wanted > 0) {
      return (int) Math.min(wanted, Math.max(1, rows));
    }
    long memory = settings.bytes("index.memory");
    double room = memory - bytes(spec, quantizer, 0);
    double entry = entry(spec);
    if (room < entry) {
      throw new InputException(
          "index.memory is %s, which the quantizer (%s, two and a half times while building) fills:"
              + " give a shard more",
          Console.bytes(memory), Console.bytes(quantizer));
    }
    return (int) Math.max(1, Math.ceil(rows * entry / room));
  }

  /**
   * Memory for building one shard. Meanwhile the kernels keep the centroids a second time, in their
   * own order, and where the processor has instructions for bf16 half as much again.
   */
  public static long bytes(IndexSpec spec, long quantizer, long rows) {
    return rows * entry(spec) + 2 * quantizer + quantizer / 2;
  }

  /** A code and its key, in a chain. */
  private static long entry(IndexSpec spec) {
    return (long) spec.codeBytes() + Long.BYTES + Integer.BYTES;
  }
}
