package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.DuplicateRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.Verification;
import java.util.Collections;
import java.util.Iterator;

/** The keys of a range that a layer of duplicates does not keep, looked at in ascending order. */
final class LeftOutKeys implements AutoCloseable {
  private final Store store;
  private final KeyRange range;
  private final Iterator<Ledger.Placed> segments;
  private SegmentReader<DuplicateRow> rows;
  private DuplicateRow row;

  /**
   * @param folder the layer's; empty if there is none
   */
  LeftOutKeys(Store store, String folder, KeyRange range) {
    this.store = store;
    this.range = range;
    this.segments =
        folder.isEmpty()
            ? Collections.emptyIterator()
            : Ledgers.of(store, folder).segments(TableKind.DUPLICATES.rows(), range).iterator();
  }

  /** Whether a key is left out; each must be higher than the one before. */
  boolean contains(long key) {
    while ((row == null || row.key() < key) && hasNext()) {
      row = rows.next();
    }
    return row != null && row.key() == key && !row.isKept();
  }

  private boolean hasNext() {
    while ((rows == null || !rows.hasNext()) && segments.hasNext()) {
      close();
      rows =
          SegmentReader.open(
              store, segments.next().segment(), RowFormat.duplicates(), range, Verification.LENGTH);
    }
    return rows != null && rows.hasNext();
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
    }
  }
}
