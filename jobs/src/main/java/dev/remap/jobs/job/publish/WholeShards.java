package dev.remap.jobs.job.publish;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.JobFailedException;
import dev.remap.jobs.job.LocalCopy;
import dev.remap.jobs.job.Natives;
import dev.remap.jobs.job.Units;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
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
record WholeShards(long entries, double imbalance) {
  private record Named(String path, long bytes, String sha256, long rows) implements Serializable {}

  private record Opened(long entries, double imbalance) implements Serializable {}

  /**
   * Opens all, each in a task.
   *
   * @throws JobFailedException if one is missing, damaged, or has not the entries that were
   *     recorded
   */
  static WholeShards of(JobContext context, Generation generation) {
    List<Opened> opened =
        new Units(context, "shards")
            .run(named(generation.ledger(context.store())), 0, (shard, task) -> open(shard, task));
    long entries = opened.stream().mapToLong(Opened::entries).sum();
    double weighted = opened.stream().mapToDouble(shard -> shard.imbalance * shard.entries).sum();
    return new WholeShards(entries, entries == 0 ? 0 : weighted / entries);
  }

  private static List<Named> named(Ledger ledger) {
    return ledger
        .segments(Generation.TABLE, KeyRange.ALL)
        .map(
            placed ->
                new Named(
                    placed.segment().path(),
                    placed.segment().file().bytes(),
                    placed.segment().file().sha256(),
                    placed.segment().rows()))
        .toList();
  }

  private static Opened open(Named shard, Units.Task task) {
    Natives.loadFaiss();
    FileRef file = new FileRef(shard.path, shard.bytes, shard.sha256);
    try (LocalCopy copy = LocalCopy.of(task.store(), file);
        Shard open = Shard.open(copy.path(), shard.sha256, shard.bytes)) {
      if (open.size() != shard.rows) {
        throw new JobFailedException(
            "%s has %,d entries; %,d were recorded", shard.path, open.size(), shard.rows);
      }
      return new Opened(open.size(), open.listStatistics().imbalance());
    }
  }
}
