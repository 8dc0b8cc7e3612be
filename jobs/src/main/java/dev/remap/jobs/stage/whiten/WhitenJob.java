package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import java.util.Locale;
import java.util.Map;

/**
 * Descriptors to vectors: fits the whitening from the stored moments, or takes a given one, then
 * projects.
 */
public final class WhitenJob extends Job<WhitenJob.Todo, ArtifactManifest> {
  /** What a run's record says of a whitening that it fitted; 0 if it took one that was there. */
  public static final String FITTED = "fitted";

  private final Integer snapshot;
  private final String use;
  private final String kept;

  /** What the ledger of the vectors says, or will say. */
  private Ledger projected;

  /**
   * Fits a whitening to the moments of the descriptors' layers, and projects by it. They are
   * quicker summed where the layers are one.
   *
   * @param snapshot number of the snapshot; null for the newest that is described
   */
  public static WhitenJob fitting(JobContext context, Integer snapshot) {
    return new WhitenJob(context, snapshot, null, null);
  }

  /**
   * Projects by a whitening that was fitted elsewhere.
   *
   * @param snapshot number of the snapshot; null for the newest that is described
   * @param use path of the whitening
   */
  public static WhitenJob using(JobContext context, Integer snapshot, String use) {
    return new WhitenJob(context, snapshot, use, null);
  }

  private WhitenJob(JobContext context, Integer snapshot, String use, String kept) {
    super(context);
    this.snapshot = snapshot;
    this.use = use;
    this.kept = kept;
  }

  /**
   * Projects by a whitening that the store has.
   *
   * @param snapshot number of the snapshot; null for the newest that is described
   */
  public static WhitenJob keeping(JobContext context, Integer snapshot, String whitening) {
    Store store = context.store();
    if (Whitenings.all(store).stream().noneMatch(there -> there.id().equals(whitening))) {
      throw new InputException(
          "There is no whitening %s: the store has %s",
          whitening, Whitenings.all(store).stream().map(ArtifactManifest::id).toList());
    }
    return new WhitenJob(context, snapshot, null, whitening);
  }

  record Todo(Descriptors descriptors, WhiteningOptions options, Inputs inputs) {}

  @Override
  protected String name() {
    return "whiten";
  }

  @Override
  protected Todo plan() {
    Descriptors descriptors = Descriptors.choose(context(), snapshot);
    WhiteningOptions options = Whitenings.options(context().settings());
    context()
        .console()
        .say(
            "whiten %,d descriptors of %,d components (extractor %s, snapshot %d)",
            descriptors.rows(context()),
            descriptors.dimension(),
            descriptors.extractor(),
            descriptors.snapshot());
    return new Todo(descriptors, options, inputs(descriptors, options));
  }

  private Inputs inputs(Descriptors descriptors, WhiteningOptions options) {
    Inputs inputs = Inputs.of(Inputs.EXTRACTOR, descriptors.extractor());
    if (use != null) {
      return inputs.with("fitted", "elsewhere");
    }
    return inputs
        .with(Inputs.LISTING, descriptors.ledger(context().store()).inputs().listing())
        .with(
            "options",
            String.format(
                Locale.ROOT,
                "dimension=%d power=%s eigenvalue-floor=%s shrinkage=%s ridge=%s centring=%s",
                options.dimension(),
                options.power(),
                options.eigenvalueFloor(),
                options.shrinkage(),
                name(options.ridge()),
                name(options.centring())));
  }

  private static String name(double value) {
    return value == WhiteningOptions.AUTOMATIC ? "auto" : Double.toString(value);
  }

  @Override
  protected ArtifactManifest run(Todo todo) {
    ArtifactManifest whitening =
        kept != null
            ? new Artifacts(context().store()).require(Layout.whitening(kept))
            : use == null ? fitted(todo) : taken(todo);
    projected = new Projection(context(), todo.descriptors, whitening).run();
    return whitening;
  }

  private ArtifactManifest fitted(Todo todo) {
    for (ArtifactManifest earlier : Whitenings.all(context().store())) {
      if (earlier.inputs().equals(todo.inputs)) {
        context().console().say("  whitening %s was fitted already", earlier.id());
        return earlier;
      }
    }
    byte[] bytes = WhiteningFit.run(context(), todo.descriptors, todo.options);
    return commitWhitening(todo, bytes);
  }

  private ArtifactManifest taken(Todo todo) {
    byte[] bytes = Whitenings.read(use, context().hadoop());
    Whitening whitening = Whitening.fromBytes(bytes);
    if (whitening.inputDimension() != todo.descriptors.dimension()) {
      throw new InputException(
          "%s whitens descriptors of %,d components; those of extractor %s have %,d. Was it fitted"
              + " for another extractor?",
          use,
          whitening.inputDimension(),
          todo.descriptors.extractor(),
          todo.descriptors.dimension());
    }
    return commitWhitening(todo, bytes);
  }

  private ArtifactManifest commitWhitening(Todo todo, byte[] bytes) {
    String id = Sha256.hex(bytes).substring(0, 16);
    Artifacts artifacts = new Artifacts(context().store());
    String folder = Layout.whitening(id);
    var earlier = artifacts.find(folder);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Whitening whitening = Whitening.fromBytes(bytes);
    context()
        .console()
        .say(
            "  whitening %s: %,d → %d dimensions, %.1f %% of the variance. %s",
            id,
            whitening.inputDimension(),
            whitening.dimension(),
            100 * whitening.explainedVariance(),
            whitening.reason());
    whitening.warning().ifPresent(warning -> context().console().say("  warning: %s", warning));
    return artifacts.commit(
        folder,
        new ArtifactDraft(id, "whitening", todo.inputs, context().run()),
        Map.of(Whitenings.FILE, ByteSource.of(bytes)),
        "whitening");
  }

  @Override
  protected void verify(Todo todo, ArtifactManifest whitening) {
    LayerBooks.require(context(), projected);
  }

  private Vectors vectors(Todo todo, ArtifactManifest whitening) {
    return new Vectors(
        whitening.id(),
        todo.descriptors.snapshot(),
        Whitenings.load(context().store(), whitening.id()).dimension());
  }

  @Override
  protected void commit(Todo todo, ArtifactManifest whitening) {
    Projection.complete(context().store(), projected);
  }

  @Override
  protected void report(Todo todo, ArtifactManifest whitening) {
    context()
        .console()
        .say(
            "  books: %,d descriptors = %,d vectors (whitening %s)",
            todo.descriptors.rows(context()),
            vectors(todo, whitening).rows(context()),
            whitening.id());
  }

  @Override
  protected Counts books(ArtifactManifest whitening) {
    return new Counts().add(FITTED, kept == null && use == null ? 1 : 0);
  }
}
