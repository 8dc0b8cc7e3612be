package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import scala.Tuple2;

/**
 * Walks a sorted listing beside the snapshot before it, which has at most one id a key, deleted
 * ones included.
 */
final class ListingMerge implements Iterator<ListingMerge.Pair> {
  private static final Comparator<SnapshotTasks.SortKey> ORDER = Comparator.naturalOrder();

  private final Iterator<Tuple2<SnapshotTasks.SortKey, ListedImage>> listing;
  private final Iterator<SnapshotRow> before;
  private Tuple2<SnapshotTasks.SortKey, ListedImage> image;
  private SnapshotRow row;

  ListingMerge(
      Iterator<Tuple2<SnapshotTasks.SortKey, ListedImage>> listing, Iterator<SnapshotRow> before) {
    this.listing = listing;
    this.before = before;
    stepListing();
    stepBefore();
  }

  /**
   * One id at one key.
   *
   * @param image as it is listed now; null where it is not
   * @param before as it was before; null where it was never
   */
  record Pair(SnapshotTasks.SortKey key, ListedImage image, SnapshotRow before) {
    /** What has changed, if anything has. */
    Optional<Difference> difference() {
      boolean was = before != null && before.change() == Change.PUT;
      if (image == null) {
        return was
            ? Optional.of(new Difference(SnapshotTasks.delete(before), Difference.Kind.REMOVED))
            : Optional.empty();
      }
      SnapshotRow now = SnapshotTasks.row(key.key(), image);
      if (!was) {
        return Optional.of(new Difference(now, Difference.Kind.ADDED));
      }
      // What cannot be looked at is taken to be as it was.
      return now.equals(before) || image.isUnreachable()
          ? Optional.empty()
          : Optional.of(new Difference(now, Difference.Kind.CHANGED));
    }
  }

  @Override
  public boolean hasNext() {
    return image != null || row != null;
  }

  @Override
  public Pair next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    SnapshotTasks.SortKey listed = image == null ? null : image._1();
    SnapshotTasks.SortKey old =
        row == null ? null : new SnapshotTasks.SortKey(row.key(), row.imageId());
    int order = listed == null ? 1 : old == null ? -1 : ORDER.compare(listed, old);
    Pair pair =
        new Pair(
            order <= 0 ? listed : old, order <= 0 ? image._2() : null, order >= 0 ? row : null);
    if (order <= 0) {
      stepListing();
    }
    if (order >= 0) {
      stepBefore();
    }
    return pair;
  }

  private void stepListing() {
    image = listing.hasNext() ? listing.next() : null;
  }

  private void stepBefore() {
    row = before.hasNext() ? before.next() : null;
  }
}
