package dev.remap.jobs.store.row;

import java.util.Arrays;
import java.util.Objects;

/**
 * One row of a unit's moments of D-dimensional descriptors.
 *
 * @param row {@link #HEADER} for Σx (D values), or i in 0..D−1 for row i of the upper triangle of
 *     Σxxᵀ, from the diagonal on (D − i values)
 * @param count n, the descriptors summed
 * @param values finite, not copied: do not change them
 */
@SuppressWarnings("ArrayRecordComponent") // compared by value below
public record MomentRow(int row, long count, double[] values) implements Row {
  /** The row that holds n and Σx. */
  public static final int HEADER = -1;

  @Override
  public long key() {
    return row;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MomentRow that
        && row == that.row
        && count == that.count
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(row, count, Arrays.hashCode(values));
  }
}
