package dev.remap.jobs.upkeep.plan;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.extraction.ExtractorSettings;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import java.util.List;

/**
 * Memory that the tasks of one executor need together, beside what Spark, Java and the natives take
 * before any work.
 *
 * @param tasks that run at once on it
 */
record MemoryNeed(int tasks) {
  /** What the formulas below are, for the user. */
  static final List<String> FORMULAS =
      List.of(
          "snapshot: tasks × unit.images × 1 kB of heap",
          "extract: heap tasks × (128 MiB + decoded images of a window, at most 512 MiB); outside"
              + " 512 MiB of libtorch + backbones + tasks × batch × pixels × 4 B × 24 for feature"
              + " maps, and the taps of other backbones",
          "whiten: tasks × (128 MiB + 8 B × dimensions × components) of heap",
          "build: heap tasks × 128 MiB; outside tasks × (entries of a shard × (code + 12 B) + 2 ×"
              + " quantizer)",
          "quantize: on the driver, training vectors × components × 4 B in the heap and once more"
              + " outside",
          "publish: tasks × one shard, or as extract for the copies it searches for, outside;"
              + " compact: tasks × 128 MiB of heap");

  private static final long LISTED_ROW = 1000;

  /** A row group that is written and one that is read. */
  private static final long ROW_GROUPS = 128L << 20;

  private static final long LIBTORCH = 512L << 20;

  /**
   * Feature maps that are alive at once, in sizes of the network's float input; generous for the
   * networks tried.
   */
  private static final long MAPS = 24;

  long listing(long rowsOfUnit) {
    return tasks * rowsOfUnit * LISTED_ROW;
  }

  long decoding(ExtractorSpec spec, long window) {
    long image = spec.scales().stream().mapToLong(MemoryNeed::pixels).sum();
    long most = ExtractorSettings.defaults(1).pixelBytes();
    return tasks * (ROW_GROUPS + Math.min(most, window * image));
  }

  /**
   * @param backbones bytes of their files
   */
  long network(ExtractorSpec spec, long backbones) {
    long image = spec.scales().stream().mapToLong(MemoryNeed::pixels).max().orElseThrow();
    // One network runs after the other, and what the earlier ones gave waits.
    double waiting = spec.others().stream().mapToDouble(MemoryNeed::taps).sum();
    long maps = image * MAPS + Math.round(image / 3.0 * waiting);
    return LIBTORCH + backbones + (long) tasks * spec.batchSize() * maps * Float.BYTES;
  }

  /** Numbers in the maps of a network, for each pixel. */
  private static double taps(BackboneCard card) {
    return card.taps().stream()
        .mapToDouble(tap -> (double) tap.channels() / tap.stride() / tap.stride())
        .sum();
  }

  private static long pixels(Scale scale) {
    return 3L * scale.longSide() * scale.shortSide();
  }

  long projection(int dimension, int components) {
    return tasks * (ROW_GROUPS + (long) Double.BYTES * dimension * components);
  }

  long rowGroups() {
    return tasks * ROW_GROUPS;
  }

  long shards(long bytesEach) {
    return tasks * bytesEach;
  }
}
