package dev.remap.jobs.rerank;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Lists of a k-NN graph.
 *
 * @param folder the graph's layer
 * @param leftOut keys that are taken for not there
 */
public record GraphRows(String folder, HashSet<Long> leftOut) implements Serializable {
  /** The nearest of an image, without the image itself. */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  public record Near(long[] keys, float[] scores) implements Serializable {}

  /**
   * Of each wanted image in a range the nearest, by its key.
   *
   * @param most of them
   */
  TreeMap<Long, Near> read(Store store, KeyRange range, LongPredicate wanted, int most) {
    TreeMap<Long, Near> near = new TreeMap<>();
    forEach(
        store,
        range,
        row -> {
          if (wanted.test(row.key())) {
            near.put(row.key(), near(row, most));
          }
        });
    return near;
  }

  /** Gives the lists of all images in a range, one after the other. */
  public void forEach(Store store, KeyRange range, Consumer<NeighborRow> each) {
    List<SegmentRef> segments =
        Ledgers.of(store, folder)
            .segments(TableKind.GRAPHS.rows(), range)
            .map(Ledger.Placed::segment)
            .toList();
    for (SegmentRef segment : segments) {
      try (SegmentReader<NeighborRow> rows =
          SegmentReader.open(store, segment, RowFormat.neighbors())) {
        rows.forEachRemaining(
            row -> {
              if (range.contains(row.key())) {
                each.accept(row);
              }
            });
      }
    }
  }

  /** The nearest of one list, without what is left out. */
  public Near near(NeighborRow row, int most) {
    List<NeighborRow.Neighbor> nearest =
        row.neighbors().stream()
            .filter(it -> it.key() != row.key() && !leftOut.contains(it.key()))
            .limit(most)
            .toList();
    float[] scores = new float[nearest.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = nearest.get(i).score();
    }
    return new Near(nearest.stream().mapToLong(NeighborRow.Neighbor::key).toArray(), scores);
  }
}
