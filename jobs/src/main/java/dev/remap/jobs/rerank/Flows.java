package dev.remap.jobs.rerank;

import dev.remap.core.rerank.Diffusion;
import dev.remap.core.rerank.Diffusion.Degrees;
import dev.remap.core.rerank.MutualGraph;
import dev.remap.core.rerank.RerankStep;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.FlowRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.broadcast.Broadcast;

/** What flows from single images to others, by their keys. */
public sealed interface Flows extends Serializable {
  /**
   * One image's, without what nothing flows to.
   *
   * @param keys the image itself first
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  record Row(long[] keys, float[] flows) {}

  /** The rows of some images. */
  Map<Long, Row> of(Store store, Set<Long> asked);

  /** Made from the graph when they are asked for. */
  record Made(RerankStep step, GraphRows rows, Broadcast<MutualGraph> graph) implements Flows {
    @Override
    public Map<Long, Row> of(Store store, Set<Long> asked) {
      Map<Long, Row> made = new HashMap<>();
      rows.read(store, KeyRange.ALL, asked::contains, listed())
          .forEach((key, near) -> made.put(key, row(key, near.keys())));
      return made;
    }

    /** Others in the list of an image. */
    public int listed() {
      return step.whole("n") - 1;
    }

    /**
     * The row of one image.
     *
     * @param nearest others in its list, nearest first
     */
    public Row row(long key, long[] nearest) {
      Degrees degrees = step.whole("local") == 1 ? Degrees.OF_LIST : Degrees.GLOBAL;
      long[] list = new long[nearest.length + 1];
      list[0] = key;
      System.arraycopy(nearest, 0, list, 1, nearest.length);
      double[] flows = new Diffusion(step.number("alpha"), degrees).row(graph.value(), list, 0);
      int filled = 0;
      for (double flow : flows) {
        filled += (float) flow == 0 ? 0 : 1;
      }
      Row row = new Row(new long[filled], new float[filled]);
      filled = 0;
      for (int i = 0; i < flows.length; i++) {
        if ((float) flows[i] != 0) {
          row.keys[filled] = list[i];
          row.flows[filled++] = (float) flows[i];
        }
      }
      return row;
    }
  }

  /**
   * Read as they were prepared.
   *
   * @param folder of their layer
   */
  record Kept(String folder) implements Flows {
    /** Of so many in a segment each is looked up; for more, it is read through. */
    private static final int FEW = 64;

    @Override
    public Map<Long, Row> of(Store store, Set<Long> asked) {
      Map<Long, Row> found = new HashMap<>();
      TreeSet<Long> keys = new TreeSet<>(asked);
      Ledgers.of(store, folder)
          .segments(TableKind.FLOWS.rows(), KeyRange.ALL)
          .forEach(
              placed -> {
                KeyRange range = placed.range();
                Set<Long> here = keys.subSet(range.from(), true, range.to(), true);
                for (KeyRange each : ranges(here)) {
                  read(store, placed, each, asked, found);
                }
              });
      return found;
    }

    private static List<KeyRange> ranges(Set<Long> keys) {
      return keys.size() <= FEW
          ? keys.stream().map(key -> new KeyRange(key, key)).toList()
          : List.of(KeyRange.ALL);
    }

    private static void read(
        Store store, Ledger.Placed placed, KeyRange range, Set<Long> asked, Map<Long, Row> found) {
      try (SegmentReader<FlowRow> rows =
          SegmentReader.open(
              store, placed.segment(), RowFormat.flows(), range, Verification.LENGTH)) {
        while (rows.hasNext()) {
          FlowRow row = rows.next();
          if (asked.contains(row.key())) {
            found.put(row.key(), new Row(row.keys(), row.flows()));
          }
        }
      }
    }
  }
}
