package dev.remap.jobs.stage.compact;

import dev.remap.jobs.config.Settings;

/**
 * When a compaction writes layers again.
 *
 * @param share of what lies above the lowest layer, by its rows
 * @param layers above the lowest
 */
public record CompactionNeed(double share, int layers) {
  public static CompactionNeed of(Settings settings) {
    return new CompactionNeed(
        settings.number("compact.max-delta-ratio", 0, Double.MAX_VALUE),
        settings.integer("compact.max-layers", 1, 1000));
  }

  /** What is written again. */
  enum Part {
    NONE,
    /** The layers above the lowest. */
    ABOVE,
    ALL
  }

  /**
   * Which layers are written as one.
   *
   * @param base rows of the lowest layer
   * @param above rows of the layers above the lowest
   */
  Part part(long base, long above, int layersAbove) {
    if (layersAbove > 0 && above > share * (double) base) {
      return Part.ALL;
    }
    return layersAbove > layers ? Part.ABOVE : Part.NONE;
  }

  /** How many rows that are. */
  public long rows(long base, long above, int layersAbove) {
    return switch (part(base, above, layersAbove)) {
      case NONE -> 0;
      case ABOVE -> above;
      case ALL -> base + above;
    };
  }

  /** Rows a night in the mean, over the nights until all of a table is written again. */
  public long perNight(long base, long more) {
    long written = 0;
    int layersAbove = 0;
    long above = 0;
    for (int night = 1; night <= MOST_NIGHTS; night++) {
      above += more;
      layersAbove++;
      long rows = rows(base, above, layersAbove);
      written += rows;
      if (rows > above) {
        return written / night;
      }
      layersAbove = rows > 0 ? 1 : layersAbove;
    }
    return written / MOST_NIGHTS;
  }

  private static final int MOST_NIGHTS = 10_000;
}
