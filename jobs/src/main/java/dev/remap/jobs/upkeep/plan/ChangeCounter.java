package dev.remap.jobs.upkeep.plan;

import static java.util.Collections.emptyIterator;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.stage.extract.ExtractionInput;
import dev.remap.jobs.stage.snapshot.ListingMerge;
import dev.remap.jobs.stage.snapshot.SnapshotTasks;
import dev.remap.jobs.store.segment.Change;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.SnapshotRow;
import dev.remap.jobs.upkeep.plan.ChangeCounts.Count;
import java.util.Iterator;

/**
 * Counts the work of one key range: walks the listing and the snapshot before it beside what was
 * listed since the descriptors there are, and the images that these leave out.
 */
final class ChangeCounter {
  private final Rows<SnapshotRow> waiting;
  private final Rows<RejectRow> rejects;
  private final boolean isDelta;
  private final ChangeCounts work = new ChangeCounts();

  private ChangeCounter(
      Iterator<SnapshotRow> waiting, Iterator<RejectRow> rejects, boolean isDelta) {
    this.waiting = new Rows<>(waiting);
    this.rejects = new Rows<>(rejects);
    this.isDelta = isDelta;
  }

  /** Where nothing is described yet. */
  static ChangeCounts first(Iterator<ListingMerge.Pair> pairs) {
    return new ChangeCounter(emptyIterator(), emptyIterator(), false).of(pairs);
  }

  /**
   * Where there are descriptors.
   *
   * @param waiting changes that are listed and not described yet
   * @param rejects beside the descriptors
   */
  static ChangeCounts later(
      Iterator<ListingMerge.Pair> pairs,
      Iterator<SnapshotRow> waiting,
      Iterator<RejectRow> rejects) {
    return new ChangeCounter(waiting, rejects, true).of(pairs);
  }

  private ChangeCounts of(Iterator<ListingMerge.Pair> pairs) {
    pairs.forEachRemaining(this::add);
    return work;
  }

  private void add(ListingMerge.Pair pair) {
    SnapshotRow listedBefore = waiting.at(pair.key());
    RejectRow reject = rejects.at(pair.key());
    boolean differs = differs(pair);
    if (pair.image() == null) {
      boolean goes = differs || (listedBefore != null && listedBefore.change() == Change.DELETE);
      work.add(Count.GONE, isDelta && goes ? 1 : 0);
      return;
    }
    work.add(Count.LISTED, 1);
    if (differs || listedBefore != null || !isDelta) {
      tries(pair.image(), Count.DESCRIBE);
    } else if (reject != null && ExtractionInput.Retry.ACCESS.takes(reject)) {
      tries(pair.image(), Count.AGAIN);
    } else {
      work.add(Count.REJECTED, reject == null ? 0 : 1);
    }
  }

  private boolean differs(ListingMerge.Pair pair) {
    var difference = pair.difference();
    difference.ifPresent(
        found ->
            work.add(
                switch (found.kind()) {
                  case ADDED -> Count.ADDED;
                  case CHANGED -> Count.CHANGED;
                  case REMOVED -> Count.REMOVED;
                },
                1));
    return difference.isPresent();
  }

  private void tries(ListedImage image, Count why) {
    work.add(why, 1);
    if (image.bytes() >= 0) {
      work.add(Count.SIZED, 1).add(Count.BYTES, image.bytes());
    }
  }

  /** Rows looked up by keys that ascend. */
  private static final class Rows<R extends LayeredRow> {
    private final Iterator<R> rows;
    private R next;

    Rows(Iterator<R> rows) {
      this.rows = rows;
      step();
    }

    R at(SnapshotTasks.SortKey key) {
      while (next != null && next.key() < key.key()) {
        step();
      }
      boolean found =
          next != null && next.key() == key.key() && next.imageId().equals(key.imageId());
      return found ? next : null;
    }

    private void step() {
      next = rows.hasNext() ? rows.next() : null;
    }
  }
}
