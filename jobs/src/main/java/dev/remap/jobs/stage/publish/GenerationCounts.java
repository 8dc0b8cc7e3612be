package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Snapshots;
import java.util.Locale;
import java.util.Optional;

/**
 * The books of one generation, from the catalogue to the shards.
 *
 * @param listed images of the snapshot
 * @param described those of them that have a descriptor
 * @param rejected those that could not be described
 * @param vectors projected descriptors
 * @param leftOut those of them that an index without duplicates leaves out
 * @param entries in the shards
 */
record GenerationCounts(
    long listed, long described, long rejected, long vectors, long leftOut, long entries) {
  /** Counts them, newest row of every key, whatever the records of units say. */
  static GenerationCounts of(JobContext context, Generation generation, long entries) {
    Descriptors descriptors = generation.descriptors(context.store());
    return new GenerationCounts(
        new Snapshots(context.store()).rows(context, descriptors.snapshot()),
        descriptors.rows(context),
        RowCounter.count(context, descriptors.chain(context.store()), RowFormat::rejects),
        generation.vectors().without(Optional.empty()).rows(context),
        generation.vectors().duplicates(context.store()),
        entries);
  }

  boolean balance() {
    return listed == described + rejected && described == vectors && vectors - leftOut == entries;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%,d listed, %,d described + %,d rejected; %,d vectors; %,d entries in the shards%s",
        listed,
        described,
        rejected,
        vectors,
        entries,
        leftOut == 0 ? "" : String.format(Locale.ROOT, " + %,d left out as duplicates", leftOut));
  }
}
