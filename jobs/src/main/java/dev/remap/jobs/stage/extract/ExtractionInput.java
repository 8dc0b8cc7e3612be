package dev.remap.jobs.stage.extract;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * The images that one unit of an extraction has to describe, by key: those that were added or
 * changed, and those rejected before that are due to be tried again. What is gone is kept aside.
 */
public final class ExtractionInput implements Iterator<SnapshotRow>, AutoCloseable {
  private final Iterator<SnapshotRow> changes;
  private final Iterator<RejectRow> rejects;
  private final Iterator<SnapshotRow> later;
  private final Retry retry;
  private final Queue<SnapshotRow> gone = new ArrayDeque<>();
  private final Map<Long, RejectRow> earlier = new HashMap<>();
  private SnapshotRow change;
  private RejectRow reject;
  private SnapshotRow next;
  private SnapshotRow replacement;
  private long passedOver;

  /** Which rejected images are tried again though nothing about them has changed. */
  public enum Retry {
    /** None. */
    NONE,
    /** Those that could not be reached, or not even be asked for. */
    ACCESS,
    /** Those whose content was at fault, too: with a newer decoder, say. */
    ALL;

    /** Whether such an image is tried again. */
    public boolean takes(RejectRow row) {
      return this == ALL || (this == ACCESS && row.kind() != RejectRow.Kind.CONTENT);
    }
  }

  /**
   * Where the images of all units come from.
   *
   * @param changes the snapshot's layers since the one that the descriptors below are of
   * @param below the descriptors that this layer lies on; null for a layer that stands on its own
   * @param above the snapshot's later layers, of which others have been described already on top of
   *     this one, which is made again; null if there are none
   */
  record Source(LayerChain changes, LayerChain below, LayerChain above, Retry retry)
      implements Serializable {
    ExtractionInput open(Store store, KeyRange range) {
      var table = changes.table(store, RowFormat.snapshot());
      return new ExtractionInput(
          isDelta()
              ? table.readChanges(range, Verification.FULL)
              : table.read(range, Verification.FULL),
          isDelta()
              ? below.table(store, RowFormat.rejects()).read(range, Verification.FULL)
              : Collections.emptyIterator(),
          above == null
              ? Collections.emptyIterator()
              : above.table(store, RowFormat.snapshot()).readChanges(range, Verification.FULL),
          retry);
    }

    boolean isDelta() {
      return below != null;
    }
  }

  /**
   * From changes that need not be in the store.
   *
   * @param changes since what is described, by key
   * @param rejects beside what is described, by key
   */
  public ExtractionInput(Iterator<SnapshotRow> changes, Iterator<RejectRow> rejects, Retry retry) {
    this(changes, rejects, Collections.emptyIterator(), retry);
  }

  private ExtractionInput(
      Iterator<SnapshotRow> changes,
      Iterator<RejectRow> rejects,
      Iterator<SnapshotRow> later,
      Retry retry) {
    this.changes = changes;
    this.rejects = rejects;
    this.later = later;
    this.retry = retry;
    stepChange();
    stepReject();
    stepLater();
    next = advance();
  }

  /** Takes what is gone, lowest key first, up to a key; null if nothing is left. */
  SnapshotRow pollGone(long upTo) {
    return gone.isEmpty() || gone.peek().key() > upTo ? null : gone.poll();
  }

  /** How an image was rejected before, if it was; asked once. */
  RejectRow takeEarlier(long key) {
    return earlier.remove(key);
  }

  /**
   * Whether a layer that lies on this one has another image, or none, under a key; asked with keys
   * that rise.
   */
  boolean isReplaced(long key) {
    while (replacement != null && replacement.key() < key) {
      stepLater();
    }
    return replacement != null && replacement.key() == key;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public SnapshotRow next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    SnapshotRow row = next;
    next = advance();
    return row;
  }

  private SnapshotRow advance() {
    while (change != null || reject != null) {
      SnapshotRow row =
          change != null && (reject == null || change.key() <= reject.key())
              ? changed()
              : rejectedBefore();
      if (row != null) {
        return row;
      }
    }
    return null;
  }

  private SnapshotRow changed() {
    SnapshotRow row = change;
    if (reject != null && reject.key() == row.key()) {
      earlier.put(row.key(), reject);
      stepReject();
    }
    stepChange();
    if (row.change() == Change.PUT) {
      return row;
    }
    gone.add(row);
    return null;
  }

  private SnapshotRow rejectedBefore() {
    RejectRow row = reject;
    stepReject();
    if (!retry.takes(row)) {
      passedOver++;
      return null;
    }
    earlier.put(row.key(), row);
    return new SnapshotRow(
        row.key(), Change.PUT, row.imageId(), row.uri(), row.version(), row.offset(), row.length());
  }

  private void stepChange() {
    change = changes.hasNext() ? changes.next() : null;
  }

  private void stepReject() {
    reject = rejects.hasNext() ? rejects.next() : null;
  }

  private void stepLater() {
    replacement = later.hasNext() ? later.next() : null;
  }

  /** How many images have been passed that stay rejected. */
  public long passedOver() {
    return passedOver;
  }

  @Override
  public void close() {
    for (Iterator<?> rows : List.of(changes, rejects, later)) {
      if (rows instanceof TableReader<?> opened) {
        opened.close();
      }
    }
  }
}
