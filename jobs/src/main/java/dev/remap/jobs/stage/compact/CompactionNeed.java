package dev.remap.jobs.stage.compact;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.NumberedTable;
import java.util.List;
import java.util.stream.LongStream;

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
   * Layers on top of each other.
   *
   * @param base rows of the lowest
   * @param above rows of the others
   * @param others how many these are
   */
  public record Layers(long base, long above, int others) {
    public static Layers of(Store store, NumberedTable table) {
      List<Ledger> ledgers = table.chain(store).ledgers(store);
      long[] rows = ledgers.stream().mapToLong(it -> it.rows(table.kind().rows())).toArray();
      return new Layers(rows[0], LongStream.of(rows).skip(1).sum(), rows.length - 1);
    }

    /** With a layer of so many rows on top. */
    public Layers with(long rows) {
      return new Layers(base, above + rows, others + 1);
    }
  }

  /** Which of them are written as one. */
  Part part(Layers there) {
    if (there.others > 0 && there.above > share * (double) there.base) {
      return Part.ALL;
    }
    return there.others > layers ? Part.ABOVE : Part.NONE;
  }

  /** How many rows that are, before newer ones replace older ones. */
  public long rows(Layers there) {
    return switch (part(there)) {
      case NONE -> 0;
      case ABOVE -> there.above;
      case ALL -> there.base + there.above;
    };
  }

  /** Rows a night in the mean, over the nights until all of a table is written again. */
  public long perNight(long base, long more) {
    Layers there = new Layers(base, 0, 0);
    long written = 0;
    for (int night = 1; night <= MOST_NIGHTS; night++) {
      there = there.with(more);
      long rows = rows(there);
      written += rows;
      if (rows > there.above) {
        return written / night;
      }
      there = rows > 0 ? new Layers(base, there.above, 1) : there;
    }
    return written / MOST_NIGHTS;
  }

  private static final int MOST_NIGHTS = 10_000;
}
