package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.extraction.Scale;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import java.util.List;

/** How many images a forward pass takes. */
public final class BatchSize {
  /** On CPUs, maps of more leave the caches before the next layer reads them. */
  private static final int PIXELS = 1 << 17;

  /** Of half the bytes, and in passes so short that their beginnings count. */
  private static final int PIXELS_OF_BF16 = 1 << 19;

  private static final int MOST_IMAGES = 8;

  /** Below which a GPU mostly waits. */
  private static final int FEWEST_FOR_GPUS = 8;

  private BatchSize() {}

  /** Says it where GPUs are to work on batches of this size, which is the choice for CPUs. */
  public static void warnWhereGpusWait(Console console, int batch) {
    if (batch < FEWEST_FOR_GPUS) {
      console.say(
          "  batches of %,d leave a GPU waiting: extractor.batch-size = 16 is for GPUs,"
              + " and makes another extractor",
          batch);
    }
  }

  /**
   * The one that is set; else a power of two of at most eight images, by the largest scale and
   * their precision.
   */
  static int of(Settings settings, List<Scale> scales, List<BackboneCard> networks) {
    int given = settings.integer("extractor.batch-size", 0, 1024);
    boolean bf16 = networks.stream().allMatch(card -> card.precision().equals(BackboneCard.BF16));
    int most = bf16 ? PIXELS_OF_BF16 : PIXELS;
    int pixels = scales.stream().mapToInt(s -> s.longSide() * s.shortSide()).max().orElseThrow();
    return given > 0
        ? given
        : Integer.highestOneBit(Math.max(1, Math.min(MOST_IMAGES, most / pixels)));
  }
}
