package dev.remap.jobs.job.plan;

import static java.util.Collections.emptyIterator;

import dev.remap.jobs.catalogue.LeftOut;
import dev.remap.jobs.catalogue.ListedImage;
import dev.remap.jobs.job.Chain;
import dev.remap.jobs.job.Cuts;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.Snapshots;
import dev.remap.jobs.job.TaskStore;
import dev.remap.jobs.job.Units;
import dev.remap.jobs.job.snapshot.Listing;
import dev.remap.jobs.job.snapshot.ListingDigest;
import dev.remap.jobs.job.snapshot.ListingMerge;
import dev.remap.jobs.job.snapshot.SnapshotTasks;
import dev.remap.jobs.job.snapshot.SnapshotTasks.SortKey;
import dev.remap.jobs.store.KeyExceptions;
import dev.remap.jobs.store.KeyHash;
import dev.remap.jobs.store.Keys;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SnapshotRow;
import dev.remap.jobs.store.segment.Verification;
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
record Survey(String catalogue, ListingDigest digest, LeftOut leftOut, NightWork work) {

  static Survey of(JobContext context, Outset outset) {
    Listing listing = Listing.of(context);
    long perUnit = context.settings().integer("unit.images", 1, Integer.MAX_VALUE);
    List<Unit> units = Cuts.even(listing.digest().images(), perUnit);
    Chain before = outset.newest().map(new Snapshots(context.store())::chain).orElse(null);
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
    NightWork work =
        new Units(context, "images")
                .over(
                    JavaRDD.fromRDD(sorted.rdd(), sorted.classTag()),
                    0,
                    (part, rows, task) -> count.of(part, rows))
                .stream()
                .reduce(new NightWork(), NightWork::add);
    listing.forget();
    return new Survey(listing.catalogue().uri(), listing.digest(), listing.leftOut(), work);
  }

  /** What a task needs to count one key range. */
  private record Count(
      TaskStore store, SnapshotTasks.Walk walk, boolean isDelta, Chain waiting, Chain below)
      implements Serializable {
    NightWork of(int index, Iterator<Tuple2<SortKey, ListedImage>> rows) {
      Iterator<ListingMerge.Pair> pairs = walk.merge(index, rows);
      if (!isDelta) {
        return NightCount.first(pairs);
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
      return NightCount.later(pairs, changes, rejects);
    }

    private static <R extends LayeredRow> TableReader<R> kept(TableReader<R> rows) {
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) done -> rows.close());
      return rows;
    }
  }
}
