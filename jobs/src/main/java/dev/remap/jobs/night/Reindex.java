package dev.remap.jobs.night;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.stage.extract.ExtractionInput;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.stage.publish.PublicationHistory;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.quantize.QuantizeJob;
import dev.remap.jobs.stage.quantize.WarmStart;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.stage.snapshot.SnapshotJob.Unchanged;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GivenDescriptors;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.NightRefusal;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A night: brings the live index up to date with a changed catalogue. Only what was added or
 * changed is described and projected; whitening and quantizer stay those of the live generation,
 * unless they are to be trained anew. Without a live generation all stages run.
 */
public final class Reindex {
  private final JobContext context;
  private final ExtractionInput.Retry retry;
  private final Training training;
  private final KeyHash hash;
  private final Consumer<String> reached;
  private Optional<Published> seen = Optional.empty();
  private boolean isIdle;

  /** Which rejected images are tried again. */
  public enum RetryScope {
    /** With a changed catalogue those that could not be reached. */
    WITH_CHANGES(ExtractionInput.Retry.NONE),
    /** Now those that could not be reached. */
    UNREACHABLE(ExtractionInput.Retry.ACCESS),
    /** Now all, those whose content was at fault too. */
    ALL(ExtractionInput.Retry.ALL);

    private final ExtractionInput.Retry retry;

    RetryScope(ExtractionInput.Retry retry) {
      this.retry = retry;
    }
  }

  /** What the night's vectors are made with. */
  public enum Training {
    /** The whitening and quantizer of the live generation. */
    KEPT,
    /** New ones, from the stored descriptors; no image is described for that. */
    ANEW,
    /**
     * The whitening of the live generation, and a quantizer whose training begins with the live
     * one's where that fits.
     */
    WARM
  }

  public Reindex(JobContext context, RetryScope again, Training training) {
    this(context, again, training, KeyHash.SHA_256, KillPoint::reach);
  }

  /** With another hash, for tests that need ids to collide. */
  Reindex(JobContext context, RetryScope again, Training training, KeyHash hash) {
    this(context, again, training, hash, KillPoint::reach);
  }

  /**
   * A night whose keys and steps a test can have a hand in.
   *
   * @param hash of ids, where they need to collide
   * @param reached is told the names of the points that the night comes to
   */
  Reindex(
      JobContext context,
      RetryScope again,
      Training training,
      KeyHash hash,
      Consumer<String> reached) {
    this.reached = reached;
    this.context = context;
    this.retry = again.retry;
    this.training = training;
    this.hash = hash;
  }

  /** Runs what is missing, and publishes if anything has changed. */
  public void execute() {
    String index = Generation.index(context);
    seen = new Publication(context.store(), index).latest();
    reached.accept("reindex.begun");
    // Other nights take the whitening of the live index, whatever another index was fitted by
    // since.
    if (seen.isEmpty() || training == Training.ANEW) {
      GivenDescriptors.requireNoWhitening(context.settings());
      VectorShape.require(context);
    }
    if (seen.isEmpty()) {
      require(NightRefusal.beforeTheFirst(context.store(), index));
      context.console().say("no live generation: all stages run");
      int snapshot = list();
      describe(snapshot);
      train(snapshot, Optional.empty());
    } else {
      night(Generation.live(context), Displaced.of(context.store(), index));
    }
  }

  /** The number of the snapshot to describe; one of its own if images are to be tried again. */
  private int list() {
    int snapshot = snapshot(Unchanged.KEEP);
    String extractor = ExtractorFiles.id(context);
    Optional<Descriptors> described = Descriptors.find(context, extractor, snapshot);
    boolean isOwn = described.isPresent() && retry != ExtractionInput.Retry.NONE;
    if (isOwn && !hasRejects(described.get())) {
      isOwn = false;
      isIdle = true;
      context.console().say("nothing to try again: no such image is rejected");
    }
    int own = isOwn ? snapshot(Unchanged.FORCE_NEW) : snapshot;
    reached.accept("reindex.listed");
    return own;
  }

  /** Whether there are images that this run was asked to try again. */
  private boolean hasRejects(Descriptors described) {
    try (TableReader<RejectRow> rows =
        described
            .chain(context.store())
            .table(context.store(), RowFormat.rejects())
            .read(KeyRange.ALL, Verification.LENGTH)) {
      while (rows.hasNext()) {
        if (retry.takes(rows.next())) {
          return true;
        }
      }
      return false;
    }
  }

  private int snapshot(Unchanged unchanged) {
    return new SnapshotJob(context, unchanged, hash, reached).execute().number();
  }

  private void describe(int snapshot) {
    ExtractJob.finishEarlier(context, snapshot);
    new ExtractJob(context, snapshot, retry).execute();
    reached.accept("reindex.described");
  }

  /** Goes on from the live generation, or from the one that should be. */
  private void night(Generation searched, Optional<Displaced> displaced) {
    displaced.ifPresent(
        found -> context.console().say("%s: this night goes on from it", found.text()));
    Generation live = displaced.map(Displaced::generation).orElse(searched);
    require(NightRefusal.of(context, live));
    int before = live.vectors().snapshot();
    int snapshot = list();
    if (snapshot == before && training == Training.KEPT) {
      if (displaced.isPresent()) {
        publish(live);
      } else {
        context
            .console()
            .say("nothing to do: generation %d of '%s' is up to date", live.number(), live.index());
      }
      // Unless a night was killed before it came to that.
      CompactJob.run(context, live, CompactJob.Depth.AS_NEEDED);
      return;
    }
    describe(snapshot);
    switch (training) {
      case KEPT -> {
        project(snapshot, live);
        build(live.inputs().quantizer());
      }
      case ANEW -> train(snapshot, Optional.of(live));
      case WARM -> trainWarm(snapshot, live);
    }
  }

  /** By the whitening of the live generation; returns its id. */
  private String project(int snapshot, Generation live) {
    ArtifactManifest kept = Whitenings.choose(context.store(), live.inputs().whitening());
    new WhitenJob(context, Descriptors.choose(context, snapshot), kept).execute();
    return kept.id();
  }

  private void trainWarm(int snapshot, Generation live) {
    Vectors vectors = Vectors.choose(context, project(snapshot, live), snapshot);
    reached.accept("reindex.whitened");
    Optional<WarmStart> start = WarmStart.find(context, vectors, live.inputs().quantizer());
    build(new QuantizeJob(context, vectors, start).execute().id());
  }

  private void train(int snapshot, Optional<Generation> live) {
    Descriptors descriptors = Descriptors.choose(context, snapshot);
    String whitening =
        live.map(searched -> Whitenings.require(context.store(), searched.inputs().whitening()))
            .map(before -> FreshWhitening.again(context, descriptors, before))
            .orElseGet(() -> FreshWhitening.fit(context, descriptors))
            .id();
    reached.accept("reindex.whitened");
    Vectors vectors = Vectors.choose(context, whitening, snapshot);
    build(new QuantizeJob(context, vectors).execute().id());
  }

  private void build(String quantizer) {
    reached.accept("reindex.trained");
    Optional<Integer> before = Generation.newest(context.store(), Generation.index(context));
    BuildJob build = new BuildJob(context, IndexInputs.choose(context, quantizer));
    build.execute();
    reached.accept("reindex.built");
    // Another run may have built one since.
    Generation built = Generation.choose(context, build.generation());
    boolean isNew = !before.equals(Optional.of(built.number()));
    if (!(isNew && isAskedFor()) && atFirst(built.index()).isHeldBack(built)) {
      context
          .console()
          .say(
              "nothing to publish: generation %d was rolled back from, or listed before somebody"
                  + " went back to generation %d, and nothing has changed since. `%s` makes it"
                  + " live",
              built.number(),
              seen.map(Generation::number).orElseThrow(),
              context.line("publish").with("--generation", built.number()));
    } else {
      publish(built);
    }
    CompactJob.run(context, built, CompactJob.Depth.AS_NEEDED);
  }

  /** Whether there is something to publish though the catalogue lists what it listed before. */
  private boolean isAskedFor() {
    return training != Training.KEPT || (retry != ExtractionInput.Retry.NONE && !isIdle);
  }

  /** The log as it was when this night began: who goes back later overrules it. */
  private PublicationHistory atFirst(String index) {
    return PublicationHistory.of(context.store(), index).until(seen);
  }

  /** Nights that are refused leave layers as well. */
  private void publish(Generation built) {
    PublishJob.Purpose purpose =
        training == Training.KEPT ? PublishJob.Purpose.UPDATE : PublishJob.Purpose.TRAINING;
    try {
      PublishJob.ofRun(context, built, purpose, seen, reached).execute();
    } catch (JobFailedException refused) {
      try {
        CompactJob.run(context, built, CompactJob.Depth.AS_NEEDED);
      } catch (RuntimeException e) {
        refused.addSuppressed(e);
      }
      throw refused;
    }
  }

  private static void require(Optional<String> refusal) {
    refusal.ifPresent(
        why -> {
          throw new InputException("This night is refused: %s", why);
        });
  }
}
