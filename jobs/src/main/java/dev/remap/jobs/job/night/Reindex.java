package dev.remap.jobs.job.night;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.job.ExtractorFiles;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.JobFailedException;
import dev.remap.jobs.job.build.BuildJob;
import dev.remap.jobs.job.build.QuantizeJob;
import dev.remap.jobs.job.compact.CompactJob;
import dev.remap.jobs.job.extract.ExtractJob;
import dev.remap.jobs.job.extract.UnitImages;
import dev.remap.jobs.job.publish.PastGenerations;
import dev.remap.jobs.job.publish.PublishJob;
import dev.remap.jobs.job.snapshot.SnapshotJob;
import dev.remap.jobs.job.snapshot.SnapshotJob.Unchanged;
import dev.remap.jobs.job.whiten.WhitenJob;
import dev.remap.jobs.store.KeyHash;
import dev.remap.jobs.store.Publication;
import java.util.Locale;
import java.util.Optional;

/**
 * A night: brings the live index up to date with a changed catalogue. Only what was added or
 * changed is described and projected; whitening and quantizer stay those of the live generation,
 * unless they are to be trained anew. Without a live generation all stages run.
 */
public final class Reindex {
  private final JobContext context;
  private final UnitImages.Retry retry;
  private final Training training;
  private final KeyHash hash;

  /** Which rejected images are tried again. */
  public enum Again {
    /** With a changed catalogue those that could not be reached. */
    WITH_CHANGES(UnitImages.Retry.NONE),
    /** Now those that could not be reached. */
    UNREACHABLE(UnitImages.Retry.ACCESS),
    /** Now all, those whose content was at fault too. */
    ALL(UnitImages.Retry.ALL);

    private final UnitImages.Retry retry;

    Again(UnitImages.Retry retry) {
      this.retry = retry;
    }
  }

  /** What the night's vectors are made with. */
  public enum Training {
    /** The whitening and quantizer of the live generation. */
    KEPT,
    /** New ones, from the stored descriptors; no image is described for that. */
    ANEW
  }

  public Reindex(JobContext context, Again again, Training training) {
    this(context, again, training, KeyHash.SHA_256);
  }

  /** With another hash, for tests that need ids to collide. */
  Reindex(JobContext context, Again again, Training training, KeyHash hash) {
    this.context = context;
    this.retry = again.retry;
    this.training = training;
    this.hash = hash;
  }

  /** Runs what is missing, and publishes if anything has changed. */
  public void execute() {
    String index = Generation.index(context);
    Optional<Generation> live =
        new Publication(context.store(), index).latest().map(last -> Generation.live(context));
    if (live.isEmpty()) {
      context.console().say("no live generation: all stages run");
      int snapshot = list();
      describe(snapshot);
      train(snapshot);
    } else {
      night(live.get());
    }
  }

  /** The number of the snapshot to describe; one of its own if images are to be tried again. */
  private int list() {
    int snapshot = snapshot(Unchanged.KEEP);
    String extractor = ExtractorFiles.of(context.settings()).id();
    boolean described = Descriptors.find(context, extractor, snapshot).isPresent();
    return described && retry != UnitImages.Retry.NONE ? snapshot(Unchanged.COUNT_ON) : snapshot;
  }

  private int snapshot(Unchanged unchanged) {
    return new SnapshotJob(context, unchanged, hash).execute().number();
  }

  private void describe(int snapshot) {
    ExtractJob.finishEarlier(context, snapshot);
    new ExtractJob(context, snapshot, retry).execute();
  }

  private void night(Generation live) {
    requireSameExtractor(live);
    int before = live.vectors().snapshot();
    int snapshot = list();
    if (snapshot == before && training == Training.KEPT) {
      context
          .console()
          .say("nothing to do: generation %d of '%s' is up to date", live.number(), live.index());
      // Unless a night was killed before it came to that.
      CompactJob.run(context, live, CompactJob.Depth.AS_NEEDED);
      return;
    }
    describe(snapshot);
    if (training == Training.ANEW) {
      train(snapshot);
    } else {
      WhitenJob.keeping(context, snapshot, live.input("whitening")).execute();
      build(live.input("quantizer"));
    }
  }

  private void train(int snapshot) {
    String whitening = WhitenJob.fit(context, snapshot).id();
    build(new QuantizeJob(context, whitening, snapshot).execute().id());
  }

  private void build(String quantizer) {
    Optional<Integer> before = Generation.newest(context.store(), Generation.index(context));
    BuildJob build = new BuildJob(context, quantizer);
    build.execute();
    // Another run may have built one since.
    Generation built = Generation.choose(context, build.generation());
    boolean isNew = !before.equals(Optional.of(built.number()));
    if (!isNew && PastGenerations.of(context.store(), built.index()).wasLeft(built.number())) {
      context
          .console()
          .say(
              "nothing to publish: generation %d was rolled back from, and nothing has changed since."
                  + " `remap publish --generation %d` makes it live again",
              built.number(), built.number());
    } else {
      publish(built);
    }
    CompactJob.run(context, built, CompactJob.Depth.AS_NEEDED);
  }

  /** Nights that are refused leave layers as well. */
  void publish(Generation built) {
    try {
      if (!isOvertaken(built)) {
        new PublishJob(context, built.number()).execute();
      }
    } catch (JobFailedException refused) {
      try {
        CompactJob.run(context, built, CompactJob.Depth.AS_NEEDED);
      } catch (RuntimeException e) {
        refused.addSuppressed(e);
      }
      throw refused;
    }
  }

  /**
   * Whether another run has published a newer snapshot since this one began. Neither that nor a
   * re-training must be taken back.
   */
  private boolean isOvertaken(Generation built) {
    if (new Publication(context.store(), built.index()).latest().isEmpty()) {
      return false;
    }
    Generation live = Generation.live(context);
    if (live.vectors().snapshot() > built.vectors().snapshot()) {
      String newer =
          String.format(
              Locale.ROOT,
              "generation %d of snapshot %d is not published: another run has published generation %d of snapshot %d",
              built.number(),
              built.vectors().snapshot(),
              live.number(),
              live.vectors().snapshot());
      if (training == Training.ANEW) {
        throw new JobFailedException("The %s. Run it again to train on that", newer);
      }
      context.console().say("%s", newer);
      return true;
    }
    if (training == Training.KEPT && !live.input("quantizer").equals(built.input("quantizer"))) {
      throw new JobFailedException(
          "Generation %d is not published: another run has published generation %d with a new quantizer. Run again:"
              + " the images are described, so that is quick",
          built.number(), live.number());
    }
    return false;
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
