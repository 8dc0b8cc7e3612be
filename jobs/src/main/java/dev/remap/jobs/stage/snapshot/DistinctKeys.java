package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyExceptions.Collision;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;

/**
 * Listed images by keys that no two of their ids share: ids that do are told apart by exceptions,
 * which the store keeps.
 *
 * @param hash of ids
 */
record DistinctKeys(JobContext context, KeyHash hash) {
  private static final int ROUNDS = 8;

  /**
   * A listing by key.
   *
   * @param collisions ids that share one all the same
   */
  record Sorted(
      JavaPairRDD<SnapshotTasks.SortKey, ListedImage> images, List<Collision> collisions) {}

  /** Sorts the listing by key; where ids share one, records exceptions and sorts again. */
  JavaPairRDD<SnapshotTasks.SortKey, ListedImage> of(
      JavaRDD<ListedImage> listed, SnapshotTasks tasks) {
    for (int round = 0; round < ROUNDS; round++) {
      Sorted sorted = sort(listed, tasks);
      if (sorted.collisions.isEmpty()) {
        return sorted.images;
      }
      context
          .console()
          .say(
              "  %d keys are shared by several ids; recorded in keys/exceptions",
              sorted.collisions.size());
      KeyExceptions.add(context.store(), sorted.collisions, hash, owners(tasks.before()));
    }
    throw new JobFailedException(
        "Ids still share keys after %d rounds of salting: the key hash is broken", ROUNDS);
  }

  /** Sorts by the keys that the store gives now, and refuses ids that are listed twice. */
  Sorted sort(JavaRDD<ListedImage> listed, SnapshotTasks tasks) {
    KeyExceptions exceptions = KeyExceptions.load(context.store());
    JavaPairRDD<SnapshotTasks.SortKey, ListedImage> sorted =
        tasks.sort(listed, new Keys(hash, exceptions));
    List<Collision> collisions = new ArrayList<>();
    for (SnapshotTasks.Findings found : tasks.check(sorted, exceptions)) {
      found.requireNoDuplicates();
      collisions.addAll(found.collisions());
    }
    return new Sorted(sorted, collisions);
  }

  /** Who had a key before, also if gone by now: asked for the few keys that ids share. */
  private KeyExceptions.Owners owners(LayerChain before) {
    if (before == null) {
      return KeyExceptions.Owners.NONE;
    }
    return key -> {
      try (TableReader<SnapshotRow> rows =
          before
              .table(context.store(), RowFormat.snapshot())
              .readChanges(new KeyRange(key, key), Verification.LENGTH)) {
        return rows.hasNext() ? Optional.of(rows.next().imageId()) : Optional.empty();
      }
    };
  }
}
