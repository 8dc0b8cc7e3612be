package dev.remap.jobs.evaluate;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** Images of a snapshot, drawn by the hashes of their keys. */
public final class ListedSample {
  /** Parts of the key space that are looked at. */
  private static final int RANGES = 16;

  private ListedSample() {}

  /** At most so many, in an order that depends on the seed alone. */
  public static List<CopyQuery.Original> draw(
      JobContext context, int snapshot, int wanted, long seed) {
    Snapshots snapshots = new Snapshots(context.store());
    LayerChain chain = snapshots.chain(snapshot);
    double share = KeySample.share(wanted, snapshots.images(snapshot));
    return first(
        new UnitRunner(context, "rows")
                .run(
                    KeySample.ranges(RANGES, share),
                    0,
                    (range, task) -> originals(task.store(), chain, range))
                .stream(),
        wanted,
        seed);
  }

  /** The same of those that are in no group; all keys are looked at. */
  public static List<CopyQuery.Original> unlabelled(
      JobContext context, int snapshot, Groups groups, int wanted, long seed) {
    LayerChain chain = new Snapshots(context.store()).chain(snapshot);
    return first(
        new UnitRunner(context, "rows")
                .run(
                    KeySample.ranges(RANGES, 1),
                    0,
                    (range, task) -> unlabelled(task.store(), chain, range, groups, wanted, seed))
                .stream(),
        wanted,
        seed);
  }

  private static ArrayList<CopyQuery.Original> unlabelled(
      Store store, LayerChain chain, KeyRange range, Groups groups, int wanted, long seed) {
    PriorityQueue<CopyQuery.Original> first = new PriorityQueue<>(order(seed).reversed());
    try (TableReader<SnapshotRow> rows =
        chain.table(store, RowFormat.snapshot()).read(range, Verification.LENGTH)) {
      while (rows.hasNext()) {
        SnapshotRow row = rows.next();
        if (groups.of(row.imageId()).isEmpty()) {
          first.add(CopyQuery.Original.of(row));
          if (first.size() > wanted) {
            first.remove();
          }
        }
      }
    }
    return new ArrayList<>(first);
  }

  private static List<CopyQuery.Original> first(
      Stream<ArrayList<CopyQuery.Original>> parts, int wanted, long seed) {
    return parts.flatMap(List::stream).sorted(order(seed)).limit(wanted).toList();
  }

  private static Comparator<CopyQuery.Original> order(long seed) {
    return Comparator.comparingLong(image -> SplitMix64.hash(image.key(), seed));
  }

  private static ArrayList<CopyQuery.Original> originals(
      Store store, LayerChain chain, KeyRange range) {
    ArrayList<CopyQuery.Original> found = new ArrayList<>();
    try (TableReader<SnapshotRow> rows =
        chain.table(store, RowFormat.snapshot()).read(range, Verification.LENGTH)) {
      rows.forEachRemaining(row -> found.add(CopyQuery.Original.of(row)));
    }
    return found;
  }
}
