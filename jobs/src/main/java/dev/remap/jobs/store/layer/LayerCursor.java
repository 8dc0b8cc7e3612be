package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.Verification;
import java.util.Iterator;
import java.util.Map;

/** The rows of one layer in a key range, segment after segment; closes each behind itself. */
final class LayerCursor<R extends LayeredRow> implements AutoCloseable {
  private final Table<R> table;
  private final int depth;
  private final KeyRange range;
  private final Verification verification;
  private final Map<String, String> origin;
  private final Iterator<Ledger.Placed> segments;
  private SegmentReader<R> reader;
  private R row;

  LayerCursor(Table<R> table, int depth, KeyRange range, Verification verification) {
    this.table = table;
    this.depth = depth;
    this.range = range;
    this.verification = verification;
    this.origin = ledger().origin();
    this.segments = ledger().segments(table.format().table(), range).iterator();
  }

  private Ledger ledger() {
    return table.layers().get(depth);
  }

  /** The place in the order of layers; higher is newer. */
  int depth() {
    return depth;
  }

  String layer() {
    return ledger().layer();
  }

  /** The row this stands at; null before the first step and at the end. */
  R row() {
    return row;
  }

  /** Goes to the next row; returns itself. */
  LayerCursor<R> step() {
    while (reader == null || !reader.hasNext()) {
      close();
      if (!segments.hasNext()) {
        row = null;
        return this;
      }
      Ledger.Placed placed = segments.next();
      reader = open(placed);
    }
    row = reader.next();
    return this;
  }

  /**
   * A segment that lies inside the range is read whole, with its number of rows checked. Of another
   * one, only the pages of the range are: a night's segments span many units of reading, and a
   * digest would read all of each for every unit.
   */
  private SegmentReader<R> open(Ledger.Placed placed) {
    SegmentReader<R> opened =
        range.contains(placed.range())
            ? SegmentReader.open(
                table.store(), placed.segment(), table.format(), KeyRange.ALL, verification)
            : SegmentReader.open(
                table.store(), placed.segment(), table.format(), range, Verification.LENGTH);
    return opened.computedFrom(origin);
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
