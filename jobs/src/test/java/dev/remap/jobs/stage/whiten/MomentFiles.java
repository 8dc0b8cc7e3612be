package dev.remap.jobs.stage.whiten;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Moments of units, stored as tasks store theirs. */
final class MomentFiles {
  static final Map<String, String> ORIGIN = Map.of("extractor", "e");

  private static final AtomicInteger WRITTEN = new AtomicInteger();

  private MomentFiles() {}

  /**
   * Writes units.
   *
   * @param rows all rows of each unit, made one at a time
   */
  static StoredMoments write(
      Store store, int dimension, int units, IntFunction<IntFunction<MomentRow>> rows) {
    List<StoredMoments.OfUnit> written = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      IntFunction<MomentRow> unitRows = rows.apply(unit);
      try (SegmentWriter<MomentRow> writer =
          SegmentWriter.create(
              store,
              "moments-%d.parquet".formatted(WRITTEN.incrementAndGet()),
              RowFormat.moments(dimension),
              KeyRange.ALL,
              ORIGIN)) {
        for (int row = MomentRow.HEADER; row < dimension; row++) {
          MomentRow made = unitRows.apply(row);
          if (made != null) {
            writer.write(made);
          }
        }
        written.add(new StoredMoments.OfUnit(unit, writer.finish()));
      }
    }
    return new StoredMoments(dimension, written, ORIGIN);
  }
}
