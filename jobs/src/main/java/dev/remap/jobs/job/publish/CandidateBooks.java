package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.LiveRows;
import dev.remap.jobs.job.Snapshots;
import dev.remap.jobs.store.segment.RowFormat;
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
public record CandidateBooks(
    long listed, long described, long rejected, long vectors, long entries) {
  /** Counts them, newest row of every key, whatever the records of units say. */
  public static CandidateBooks of(JobContext context, Generation generation, long entries) {
    Descriptors descriptors = generation.descriptors(context.store());
    return new CandidateBooks(
        new Snapshots(context.store()).rows(context, descriptors.snapshot()),
        descriptors.rows(context),
        LiveRows.count(context, descriptors.chain(context.store()), RowFormat::rejects),
        generation.vectors().rows(context),
        entries);
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
