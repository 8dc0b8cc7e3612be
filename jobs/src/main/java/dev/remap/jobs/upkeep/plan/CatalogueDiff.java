package dev.remap.jobs.upkeep.plan;

import static java.util.Collections.emptyIterator;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.snapshot.Listing;
import dev.remap.jobs.stage.snapshot.ListingDigest;
import dev.remap.jobs.stage.snapshot.ListingMerge;
import dev.remap.jobs.stage.snapshot.SnapshotTasks;
import dev.remap.jobs.stage.snapshot.SnapshotTasks.SortKey;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SnapshotRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Lists a catalogue and counts, beside the store, what it asks of a night. Writes nothing: ids that
 * share a key, for which a snapshot would record exceptions, are told apart by themselves here.
 *
 * @param digest of what is listed
 * @param leftOut what the listing left out on purpose
 */
record CatalogueDiff(String catalogue, ListingDigest digest, LeftOut leftOut, ChangeCounts work) {

  static CatalogueDiff of(JobContext context, NightState outset) {
    Listing listing = Listing.of(context);
    long perUnit = context.unitImages();
    List<Unit> units = KeyPartitioner.even(listing.digest().images(), perUnit);
    LayerChain before = outset.newest().map(new Snapshots(context.store())::chain).orElse(null);
    SnapshotTasks tasks = new SnapshotTasks(context, units, before);
    KeyExceptions exceptions = KeyExceptions.load(context.store());
    JavaPairRDD<SortKey, ListedImage> sorted =
        tasks.sort(listing.images(), new Keys(KeyHash.SHA_256, exceptions));
    tasks.check(sorted, exceptions).forEach(SnapshotTasks.Findings::requireNoDuplicates);
    Count count =
        new Count(
            context.taskStore(),
            tasks.walk(),
            outset.below().isPresent(),
            outset.waiting().orElse(null),
            outset.below().orElse(null));
    ChangeCounts work =
        new UnitRunner(context, "images")
                .over(
                    JavaRDD.fromRDD(sorted.rdd(), sorted.classTag()),
                    0,
                    (part, rows, task) -> count.of(part, rows))
                .stream()
                .reduce(new ChangeCounts(), ChangeCounts::add);
    listing.forget();
    return new CatalogueDiff(listing.catalogue().uri(), listing.digest(), listing.leftOut(), work);
  }

  /** What a task needs to count one key range. */
  private record Count(
      TaskStore store,
      SnapshotTasks.Walk walk,
      boolean isDelta,
      LayerChain waiting,
      LayerChain below)
      implements Serializable {
    ChangeCounts of(int index, Iterator<Tuple2<SortKey, ListedImage>> rows) {
      Iterator<ListingMerge.Pair> pairs = walk.merge(index, rows);
      if (!isDelta) {
        return ChangeCounter.first(pairs);
      }
      KeyRange range = walk.units().get(index).range();
      Store opened = store.open();
      Iterator<SnapshotRow> changes =
          waiting == null
              ? emptyIterator()
              : kept(
                  waiting
                      .table(opened, RowFormat.snapshot())
                      .readChanges(range, Verification.FULL));
      Iterator<RejectRow> rejects =
          kept(below.table(opened, RowFormat.rejects()).read(range, Verification.FULL));
      return ChangeCounter.later(pairs, changes, rejects);
    }

    private static <R extends LayeredRow> TableReader<R> kept(TableReader<R> rows) {
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) done -> rows.close());
      return rows;
    }
  }
}
