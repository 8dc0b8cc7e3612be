package dev.remap.jobs.stage.publish;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.ShardLayout;
import java.io.Serializable;
import java.util.List;

/**
 * What was found when every shard of a generation was read from the store, checked against its
 * checksum, and opened.
 *
 * @param entries in all of them
 * @param imbalance of their inverted lists, the mean over entries: how many times more entries a
 *     search looks at than with lists of equal length
 */
record ShardIntegrity(long entries, double imbalance) {
  private record Named(
      String path, long bytes, String sha256, long rows, KeyRange range, ShardLayout layout)
      implements Serializable {}

  private record Opened(long entries, double imbalance) implements Serializable {}

  /**
   * Opens all, each in a task.
   *
   * @throws JobFailedException if one is missing, damaged, or has not the entries that were
   *     recorded
   */
  static ShardIntegrity of(JobContext context, Generation generation) {
    List<Opened> opened =
        new UnitRunner(context, "shards")
            .run(named(generation.ledger(context.store())), 0, (shard, task) -> open(shard, task));
    long entries = opened.stream().mapToLong(Opened::entries).sum();
    ShardLayout layout = ShardLayout.of(generation.inputs());
    return new ShardIntegrity(entries, entries == 0 ? 0 : imbalance(opened, entries, layout));
  }

  /** A shard of lists has none of the others, so its squares count towards those of all. */
  private static double imbalance(List<Opened> opened, long entries, ShardLayout layout) {
    return opened.stream()
        .mapToDouble(
            shard -> {
              double share = (double) shard.entries / entries;
              return shard.imbalance * (layout == ShardLayout.LIST ? share * share : share);
            })
        .sum();
  }

  private static List<Named> named(Ledger ledger) {
    return ledger
        .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
        .map(
            placed ->
                new Named(
                    placed.segment().path(),
                    placed.segment().file().bytes(),
                    placed.segment().file().sha256(),
                    placed.segment().rows(),
                    placed.range(),
                    ShardLayout.of(ledger.inputs())))
        .toList();
  }

  private static Opened open(Named shard, UnitRunner.Task task) {
    FileRef file = new FileRef(shard.path, shard.bytes, shard.sha256);
    try (LocalCopy copy = LocalCopy.of(task.store(), file);
        Shard open = Shard.open(copy.path(), shard.sha256, shard.bytes)) {
      if (open.size() != shard.rows) {
        throw new JobFailedException(
            "%s has %,d entries; %,d were recorded", shard.path, open.size(), shard.rows);
      }
      shard
          .layout
          .outside(open, shard.range)
          .ifPresent(
              problem -> {
                throw new JobFailedException("%s: %s", shard.path, problem);
              });
      return new Opened(open.size(), open.listStatistics().imbalance());
    }
  }
}
