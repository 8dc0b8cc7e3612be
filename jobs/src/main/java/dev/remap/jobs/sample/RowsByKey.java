package dev.remap.jobs.sample;

import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Rows of a table for many keys, of which some are wanted more than once: the table is read through
 * once, and a row is forgotten before the next one comes. Takes 20 bytes for each key.
 */
public final class RowsByKey {
  /** Stands in the place of a key where there is none. */
  public static final long NONE = -1;

  /** To read a table through takes longer than to find so many keys in it. */
  private static final int FEW = 16;

  private final long[] distinct;

  /** Where the positions of each distinct key begin. */
  private final int[] starts;

  private final int[] positions;

  private RowsByKey(long[] wanted) {
    distinct = Arrays.stream(wanted).filter(key -> key != NONE).sorted().distinct().toArray();
    starts = new int[distinct.length + 1];
    for (long key : wanted) {
      if (key != NONE) {
        starts[Arrays.binarySearch(distinct, key) + 1]++;
      }
    }
    for (int rank = 0; rank < distinct.length; rank++) {
      starts[rank + 1] += starts[rank];
    }
    positions = new int[starts[distinct.length]];
    int[] filled = starts.clone();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] != NONE) {
        positions[filled[Arrays.binarySearch(distinct, wanted[i])]++] = i;
      }
    }
  }

  /** Is given a row and where its key is wanted. */
  @FunctionalInterface
  public interface Each<R> {
    void take(int position, R row);
  }

  /**
   * Gives the row of each wanted key.
   *
   * @param wanted keys in any order, or {@link #NONE}
   * @param each is called for each position that has a key, in the order of keys
   * @throws StoreException if a key has no row
   */
  public static <R extends LayeredRow> void read(Table<R> table, long[] wanted, Each<R> each) {
    new RowsByKey(wanted).read(table, each);
  }

  private <R extends LayeredRow> void read(Table<R> table, Each<R> each) {
    int rank = 0;
    for (KeyRange range : ranges()) {
      try (TableReader<R> rows = table.read(range, Verification.LENGTH)) {
        while (rows.hasNext()) {
          R row = rows.next();
          if (rank < distinct.length && distinct[rank] < row.key()) {
            throw lost(table, distinct[rank]);
          }
          if (rank < distinct.length && distinct[rank] == row.key()) {
            for (int i = starts[rank]; i < starts[rank + 1]; i++) {
              each.take(positions[i], row);
            }
            rank++;
          }
        }
      }
    }
    if (rank < distinct.length) {
      throw lost(table, distinct[rank]);
    }
  }

  private List<KeyRange> ranges() {
    if (distinct.length <= FEW) {
      return LongStream.of(distinct).mapToObj(key -> new KeyRange(key, key)).toList();
    }
    return List.of(new KeyRange(distinct[0], distinct[distinct.length - 1]));
  }

  private static StoreException lost(Table<?> table, long key) {
    return new StoreException(
        "Key "
            + key
            + " is in an index, and not among the "
            + table.format().table()
            + " that it was made from: run verify, and build the index again");
  }
}
