package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.util.List;

/**
 * A table at one generation: layers, of which the newest row of a key wins.
 *
 * @param layers oldest first
 * @param leftOut the folder of a layer of duplicates, whose images are not read but those it keeps;
 *     empty if nothing is left out
 * @param <R> the table's rows
 */
public record Table<R extends LayeredRow>(
    Store store, RowFormat<R> format, List<Ledger> layers, String leftOut) {
  public Table {
    layers = List.copyOf(layers);
  }

  /** One of which nothing is left out. */
  public Table(Store store, RowFormat<R> format, List<Ledger> layers) {
    this(store, format, layers, "");
  }

  /**
   * Reads what there is in a key range: puts only, ascending by key.
   *
   * @param verification of the segments that lie inside the range; of those that reach beyond it,
   *     length and page checksums are checked
   */
  public TableReader<R> read(KeyRange range, Verification verification) {
    return new TableReader<>(this, range, verification, TableReader.Deletes.DROPPED);
  }

  /**
   * Reads what these layers do to the ones below them: the newest row of every key, deletes
   * included. Verifies as {@link #read} does.
   */
  public TableReader<R> readChanges(KeyRange range, Verification verification) {
    return new TableReader<>(this, range, verification, TableReader.Deletes.KEPT);
  }
}
