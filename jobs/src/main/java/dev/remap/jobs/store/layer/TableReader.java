package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Merges the layers of a table over a key range, with one segment open per layer. Throws {@link
 * StoreException} when a segment is not what was recorded, or a key has two ids. For one thread.
 *
 * @param <R> the table's rows
 */
public final class TableReader<R extends LayeredRow> implements Iterator<R>, AutoCloseable {
  private final PriorityQueue<LayerCursor<R>> cursors =
      new PriorityQueue<>(
          Comparator.<LayerCursor<R>>comparingLong(cursor -> cursor.row().key())
              .thenComparing(LayerCursor::depth, Comparator.reverseOrder()));
  private final List<LayerCursor<R>> all = new ArrayList<>();
  private final Deletes deletes;
  private final LeftOutKeys leftOut;
  private R next;

  /** What becomes of a delete that nothing newer replaces. */
  enum Deletes {
    DROPPED,
    KEPT
  }

  TableReader(Table<R> table, KeyRange range, Verification verification, Deletes deletes) {
    this.deletes = deletes;
    this.leftOut = new LeftOutKeys(table.store(), table.leftOut(), range);
    try {
      for (int depth = 0; depth < table.layers().size(); depth++) {
        LayerCursor<R> cursor = new LayerCursor<>(table, depth, range, verification);
        all.add(cursor);
        requeue(cursor.step());
      }
      advance();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public R next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    R row = next;
    advance();
    return row;
  }

  private void advance() {
    do {
      next = newest();
    } while (next != null && isPassedOver(next));
  }

  private boolean isPassedOver(R row) {
    return (row.change() == Change.DELETE && deletes == Deletes.DROPPED)
        || leftOut.contains(row.key());
  }

  /** The newest row of the lowest key left; the older ones of that key are passed over. */
  private R newest() {
    LayerCursor<R> winner = cursors.poll();
    if (winner == null) {
      return null;
    }
    R row = winner.row();
    String layer = winner.layer();
    requeue(winner.step());
    while (!cursors.isEmpty() && cursors.peek().row().key() == row.key()) {
      LayerCursor<R> older = cursors.poll();
      requireSameImage(layer, row, older);
      requeue(older.step());
    }
    return row;
  }

  private void requireSameImage(String layer, R row, LayerCursor<R> older) {
    if (!older.row().imageId().equals(row.imageId())) {
      throw new StoreException(
          "Key "
              + row.key()
              + " is image '"
              + row.imageId()
              + "' in "
              + layer
              + " and image '"
              + older.row().imageId()
              + "' in "
              + older.layer()
              + ": a key never passes to another image; remove the newer layer and take the"
              + " snapshot again");
    }
  }

  private void requeue(LayerCursor<R> cursor) {
    if (cursor.row() != null) {
      cursors.add(cursor);
    }
  }

  @Override
  public void close() {
    all.forEach(LayerCursor::close);
    leftOut.close();
    cursors.clear();
    next = null;
  }
}
