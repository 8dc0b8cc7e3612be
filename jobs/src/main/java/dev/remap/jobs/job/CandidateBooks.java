package dev.remap.jobs.job;

import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.util.Locale;

/**
 * The books of one generation, from the catalogue to the shards.
 *
 * @param listed images of the snapshot
 * @param described those of them that have a descriptor
 * @param rejected those that could not be described
 * @param vectors projected descriptors
 * @param entries in the shards
 */
record CandidateBooks(long listed, long described, long rejected, long vectors, long entries) {
  private static final long ROWS_PER_TASK = 1 << 20;

  /** Counts them, newest row of every key, whatever the records of units say. */
  static CandidateBooks of(JobContext context, Generation generation, long entries) {
    Descriptors descriptors = generation.descriptors(context.store());
    return new CandidateBooks(
        new Snapshots(context.store()).images(descriptors.snapshot()),
        descriptors.rows(context),
        rejected(context, descriptors.chain(context.store())),
        generation.vectors().rows(context),
        entries);
  }

  private static long rejected(JobContext context, Chain chain) {
    long stored = chain.storedRows(context.store(), "rejects");
    return new Units(context, "rejects")
            .run(
                Cuts.even(stored, ROWS_PER_TASK),
                0,
                (unit, task) -> {
                  long rows = 0;
                  try (TableReader<RejectRow> rejects =
                      chain
                          .table(task.store(), RowFormat.rejects())
                          .read(unit.range(), Verification.LENGTH)) {
                    for (; rejects.hasNext(); rejects.next()) {
                      rows++;
                    }
                  }
                  return rows;
                })
            .stream()
            .mapToLong(Long::longValue)
            .sum();
  }

  boolean balance() {
    return listed == described + rejected && described == vectors && vectors == entries;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%,d listed, %,d described + %,d rejected; %,d vectors; %,d entries in the shards",
        listed,
        described,
        rejected,
        vectors,
        entries);
  }
}
