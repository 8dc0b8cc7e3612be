package dev.remap.jobs.job;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.SnapshotJob.Unchanged;
import dev.remap.jobs.store.Publication;
import java.util.Optional;

/**
 * A night: brings the live index up to date with a changed catalogue. Only what was added or
 * changed is described and projected; whitening and quantizer stay those of the live generation.
 * Without a live generation all stages run.
 */
public final class Reindex {
  private final JobContext context;
  private final Retry retry;

  /** What to do about unreachable images of a catalogue that has not changed. */
  public enum Retry {
    /** They wait for the next change. */
    WITH_CHANGES,
    /** They are tried again now. */
    NOW
  }

  public Reindex(JobContext context, Retry retry) {
    this.context = context;
    this.retry = retry;
  }

  /** Runs what is missing, and publishes if anything has changed. */
  public void execute() {
    Optional<Generation> live = live();
    if (live.isEmpty()) {
      context.console().say("no live generation: all stages run");
      first();
    } else {
      night(live.get());
    }
  }

  private Optional<Generation> live() {
    String index = Generation.index(context);
    return new Publication(context.store(), index).latest().map(last -> Generation.live(context));
  }

  private void first() {
    int snapshot = new SnapshotJob(context).execute().number();
    new ExtractJob(context, snapshot).execute();
    String whitening = new WhitenJob(context, snapshot, null).execute().id();
    String quantizer = new QuantizeJob(context, whitening).execute().id();
    new BuildJob(context, quantizer).execute();
    new PublishJob(context, null).execute();
  }

  private void night(Generation live) {
    requireSameExtractor(live);
    int before = live.vectors().snapshot();
    int snapshot = new SnapshotJob(context).execute().number();
    if (snapshot == before && retry == Retry.NOW) {
      snapshot = new SnapshotJob(context, Unchanged.COUNT_ON).execute().number();
    }
    if (snapshot == before) {
      context
          .console()
          .say("nothing to do: generation %d of '%s' is up to date", live.number(), live.index());
      return;
    }
    new ExtractJob(context, snapshot).execute();
    WhitenJob.keeping(context, snapshot, live.input("whitening")).execute();
    new BuildJob(context, live.input("quantizer")).execute();
    new PublishJob(context, null).execute();
  }

  private void requireSameExtractor(Generation live) {
    String wanted = ExtractorFiles.of(context.settings()).id();
    if (!wanted.equals(live.input("extractor"))) {
      throw new InputException(
          "The live generation %d of '%s' was made by extractor %s, and the settings describe %s: give the settings"
              + " that it was made with, or another --name for an index by the new extractor",
          live.number(), live.index(), live.input("extractor"), wanted);
    }
  }
}
