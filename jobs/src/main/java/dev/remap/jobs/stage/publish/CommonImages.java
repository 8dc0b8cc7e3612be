package dev.remap.jobs.stage.publish;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;

/**
 * The images of two generations in a range of keys, by key, and which of them both hold in the same
 * version: the two are compared by those alone.
 */
final class CommonImages implements Iterator<CommonImages.Image>, AutoCloseable {
  private final TableReader<HeaderRow> left;
  private final TableReader<HeaderRow> right;
  private HeaderRow leftRow;
  private HeaderRow rightRow;

  /**
   * An image of either.
   *
   * @param common whether both hold it, in the same version
   */
  record Image(long key, String imageId, boolean common) {}

  CommonImages(Store store, Vectors left, Vectors right, KeyRange range) {
    this.left = headers(store, left, range);
    this.right = headers(store, right, range);
    stepLeft();
    stepRight();
  }

  /** Why two generations are not compared that have no image in common, for a person. */
  static String none(Store store, Generation candidate, Generation live) {
    return String.format(
        Locale.ROOT,
        "none of the %,d images of generation %d is in generation %d, of %,d images, in the same version: whether it"
            + " finds less than that is not known",
        candidate.entries(store),
        candidate.number(),
        live.number(),
        live.entries(store));
  }

  private static TableReader<HeaderRow> headers(Store store, Vectors vectors, KeyRange range) {
    return vectors
        .chain(store)
        .table(store, RowFormat.headers(vectors.format()))
        .read(range, Verification.LENGTH);
  }

  @Override
  public boolean hasNext() {
    return leftRow != null || rightRow != null;
  }

  @Override
  public Image next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    HeaderRow fromLeft = leftRow;
    HeaderRow fromRight = rightRow;
    boolean takesLeft =
        fromRight == null || (fromLeft != null && fromLeft.key() <= fromRight.key());
    boolean takesRight =
        fromLeft == null || (fromRight != null && fromRight.key() <= fromLeft.key());
    if (takesLeft) {
      stepLeft();
    }
    if (takesRight) {
      stepRight();
    }
    HeaderRow row = takesLeft ? fromLeft : fromRight;
    boolean common = takesLeft && takesRight && fromLeft.version().equals(fromRight.version());
    return new Image(row.key(), row.imageId(), common);
  }

  private void stepLeft() {
    leftRow = left.hasNext() ? left.next() : null;
  }

  private void stepRight() {
    rightRow = right.hasNext() ? right.next() : null;
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
