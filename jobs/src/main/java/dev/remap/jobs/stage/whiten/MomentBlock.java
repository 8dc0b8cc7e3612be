package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of moments that one task sums. Stored are the triangle's rows, each one shorter than the one
 * before, after a first one of Σx.
 *
 * @param place of the block among all blocks
 * @param from the first row; {@link MomentRow#HEADER} in the first block
 * @param to the last row
 */
record MomentBlock(int place, int from, int to) implements Serializable {

  /**
   * Cuts all rows of D-dimensional moments into blocks.
   *
   * @param bytes of a block's sums at the most; one row if that is more
   */
  static List<MomentBlock> cut(int dimension, long bytes) {
    List<MomentBlock> blocks = new ArrayList<>();
    int from = MomentRow.HEADER;
    long held = 0;
    for (int row = MomentRow.HEADER; row < dimension; row++) {
      long more = (long) Double.BYTES * length(row, dimension);
      if (row > from && held + more > bytes) {
        blocks.add(new MomentBlock(blocks.size(), from, row - 1));
        from = row;
        held = 0;
      }
      held += more;
    }
    blocks.add(new MomentBlock(blocks.size(), from, dimension - 1));
    return blocks;
  }

  private static int length(int row, int dimension) {
    return row == MomentRow.HEADER ? dimension : dimension - row;
  }

  /**
   * A block's sums.
   *
   * @param count n, the descriptors summed
   * @param rows the sums of rows {@code from} to {@code to} of the block
   */
  @SuppressWarnings("ArrayRecordComponent") // Carries numbers; never compared.
  record Sum(long count, double[][] rows) implements Serializable {
    /** The sums of both, in this one's rows. */
    Sum plus(Sum right) {
      for (int r = 0; r < rows.length; r++) {
        for (int i = 0; i < rows[r].length; i++) {
          rows[r][i] += right.rows[r][i];
        }
      }
      return new Sum(Math.addExact(count, right.count), rows);
    }
  }

  /** The sums of nothing. */
  Sum none(int dimension) {
    double[][] rows = new double[to - from + 1][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = new double[length(from + r, dimension)];
    }
    return new Sum(0, rows);
  }

  /** What moments have of these rows. */
  Sum of(Moments moments) {
    double[][] rows = new double[to - from + 1][];
    for (int r = 0; r < rows.length; r++) {
      int row = from + r;
      rows[r] = row == MomentRow.HEADER ? moments.sum() : moments.row(row);
    }
    return new Sum(moments.count(), rows);
  }

  /** What a unit has stored of these rows. */
  Sum read(Store store, StoredMoments stored, SegmentRef segment, Verification verification) {
    RowFormat<MomentRow> format = RowFormat.moments(stored.dimension());
    try (SegmentReader<MomentRow> rows =
        SegmentReader.openRows(store, segment, format, from, to, verification)
            .computedFrom(stored.origin())) {
      double[][] read = new double[to - from + 1][];
      long count = 0;
      for (int row = from; row <= to; row++) {
        MomentRow found = rows.hasNext() ? rows.next() : null;
        if (found == null || found.row() != row) {
          throw damaged(store, segment, "row " + row + " of its matrix is missing");
        }
        if (row > from && found.count() != count) {
          throw damaged(
              store,
              segment,
              "row %d sums %d descriptors, those before it %d"
                  .formatted(row, found.count(), count));
        }
        count = found.count();
        read[row - from] = found.values();
      }
      return new Sum(count, read);
    }
  }

  private static StoreException damaged(Store store, SegmentRef segment, String how) {
    return StoreException.damaged(store.locate(segment.path()), how);
  }
}
