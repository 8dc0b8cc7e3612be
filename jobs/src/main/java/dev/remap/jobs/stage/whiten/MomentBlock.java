package dev.remap.jobs.stage.whiten;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.MomentRow;
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
  record Sum(long count, double[][] rows) implements Serializable {}

  /**
   * The same rows of a number of units, added in the units' order, so that the sums have the same
   * bits however the rows are cut into blocks. Each block checks all bytes of some units and the
   * pages that it reads of the others, so that all blocks together check all bytes once.
   *
   * @param blocks into which all rows are cut
   */
  Sum sum(Store store, StoredMoments stored, int blocks) {
    double[][] sums = new double[to - from + 1][];
    for (int r = 0; r < sums.length; r++) {
      sums[r] = new double[length(from + r, stored.dimension())];
    }
    long count = 0;
    int unit = 0;
    for (SegmentRef segment : stored.units()) {
      Verification checked = unit++ % blocks == place ? Verification.FULL : Verification.LENGTH;
      count = Math.addExact(count, add(store, stored, segment, checked, sums));
    }
    return new Sum(count, sums);
  }

  private long add(
      Store store,
      StoredMoments stored,
      SegmentRef segment,
      Verification verification,
      double[][] sums) {
    RowFormat<MomentRow> format = RowFormat.moments(stored.dimension());
    try (SegmentReader<MomentRow> rows =
        SegmentReader.openRows(store, segment, format, from, to, verification)
            .computedFrom(stored.origin())) {
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
        add(sums[row - from], found.values());
      }
      return count;
    }
  }

  private static StoreException damaged(Store store, SegmentRef segment, String how) {
    return StoreException.damaged(store.locate(segment.path()), how);
  }

  private static void add(double[] sum, double[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }
}
