package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Metric;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Whitenings;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Stored moments to a whitening, with the help of matching pairs if there are labels (Lw); or one
 * that was fitted elsewhere, taken into the store.
 */
public final class FitJob extends Job<FitJob.Todo, FitJob.Fitted> {
  /** What a run's record says of a whitening that it fitted; 0 if it took one that was there. */
  public static final String FITTED = "fitted";

  private final Descriptors descriptors;
  private final String use;
  private final Labels labels;

  private FitJob(JobContext context, Descriptors descriptors, String use, Labels labels) {
    super(context);
    this.descriptors = descriptors;
    this.use = use;
    this.labels = labels;
  }

  /** Fits a whitening to the moments of the descriptors, which must lie in one layer. */
  public static FitJob fitting(JobContext context, Descriptors descriptors) {
    return new FitJob(context, descriptors, null, null);
  }

  /**
   * Learns a whitening (Lw) from matching pairs of the descriptors, which must lie in one layer.
   *
   * @param labels with groups or pairs
   */
  public static FitJob learning(JobContext context, Descriptors descriptors, Labels labels) {
    return new FitJob(context, descriptors, null, labels);
  }

  /**
   * Takes a whitening that was fitted elsewhere.
   *
   * @param use path of the whitening
   */
  public static FitJob using(JobContext context, Descriptors descriptors, String use) {
    return new FitJob(context, descriptors, use, null);
  }

  record Todo(WhiteningOptions options, Inputs inputs, Optional<PairSampling.Sample> pairs) {}

  /**
   * A whitening that the store has, or that is to be stored.
   *
   * @param bytes nothing if the store has it
   */
  public record Fitted(String id, Optional<byte[]> bytes) {
    private static Fitted earlier(ArtifactManifest manifest) {
      return new Fitted(manifest.id(), Optional.empty());
    }
  }

  @Override
  protected String name() {
    return "whiten";
  }

  @Override
  protected Map<String, String> asked() {
    return labels != null
        ? Map.of(Whitenings.LABELS, labels.text())
        : use != null ? Map.of(Whitenings.IMPORTED, use) : Map.of();
  }

  @Override
  protected Todo plan() {
    WhiteningOptions options = Whitenings.options(context().settings());
    requireNoneOfLengths();
    if (labels == null) {
      return new Todo(options, inputs(options), Optional.empty());
    }
    LearningSettings settings = LearningSettings.of(context().settings());
    PairSampling.Sample pairs = new PairSampling(context(), descriptors, settings).of(labels);
    context().console().say("learn a whitening (Lw) from %s", pairs.about());
    pairs.leftOut().forEach(line -> context().console().say("  not looked at: %s", line));
    Inputs inputs =
        inputs(options)
            .with(Whitenings.METHOD, Whitenings.LEARNED)
            .with(Whitenings.LABELS, labels.text())
            .with("sample", pairs.digest())
            .with("settings", settings.text());
    return new Todo(options, inputs, Optional.of(pairs));
  }

  /** Every whitening but none brings vectors to length one. */
  private void requireNoneOfLengths() {
    if (descriptors.metric(context().store()) != Metric.L2) {
      return;
    }
    if (use != null || labels != null) {
      throw new InputException(
          "The descriptors of extractor %s keep their lengths (embeddings.metric is l2), and a"
              + " whitening brings vectors to length one: leave out --import, --groups and --pairs",
          descriptors.extractor());
    }
    if (!isNone()) {
      throw new InputException(
          "The descriptors of extractor %s keep their lengths (embeddings.metric is l2), and"
              + " whitening.method is %s, which brings vectors to length one: give --set"
              + " whitening.method=none",
          descriptors.extractor(), context().settings().string("whitening.method"));
    }
  }

  private Inputs inputs(WhiteningOptions options) {
    Inputs inputs = Inputs.of(Inputs.EXTRACTOR, descriptors.extractor());
    if (use != null) {
      return inputs.with("fitted", "elsewhere");
    }
    if (isNone() && labels == null) {
      return inputs.with(Whitenings.METHOD, Whitenings.NONE);
    }
    return inputs
        .with(Inputs.LISTING, descriptors.ledger(context().store()).inputs().listing())
        .with("options", text(options));
  }

  private boolean isNone() {
    return context().settings().string("whitening.method").equals(Whitenings.NONE);
  }

  /** What decides a whitening beside what it is fitted to, for a manifest. */
  static String text(WhiteningOptions options) {
    return String.format(
        Locale.ROOT,
        "dimension=%d power=%s eigenvalue-floor=%s shrinkage=%s ridge=%s centring=%s",
        options.dimension(),
        options.power(),
        options.eigenvalueFloor(),
        options.shrinkage(),
        name(options.ridge()),
        name(options.centring()));
  }

  private static String name(double value) {
    return value == WhiteningOptions.AUTOMATIC ? "auto" : Double.toString(value);
  }

  @Override
  protected Fitted run(Todo todo) {
    if (use != null) {
      return fitted(Whitenings.read(use, context().hadoop()));
    }
    for (ArtifactManifest earlier : Whitenings.all(context().store())) {
      if (earlier.inputs().equals(todo.inputs)) {
        context().console().say("  whitening %s was fitted already", earlier.id());
        return Fitted.earlier(earlier);
      }
    }
    if (isNone() && labels == null) {
      return fitted(none().toBytes());
    }
    return fitted(
        todo.pairs
            .map(
                pairs ->
                    WhiteningFit.learn(
                        context(),
                        descriptors,
                        PairSums.of(context(), descriptors, pairs),
                        todo.options))
            .orElseGet(() -> WhiteningFit.run(context(), descriptors, todo.options)));
  }

  private Whitening none() {
    return Whitening.none(
        descriptors.dimension(), descriptors.metric(context().store()), descriptors.extractor());
  }

  /** Bytes that the store has already are not stored once more, whatever they were made from. */
  private Fitted fitted(byte[] bytes) {
    String id = Sha256.hex(bytes).substring(0, 16);
    return new Artifacts(context().store())
        .find(Layout.whitening(id))
        .map(Fitted::earlier)
        .orElseGet(() -> new Fitted(id, Optional.of(bytes)));
  }

  @Override
  protected void verify(Todo todo, Fitted fitted) {
    Whitening whitening =
        fitted
            .bytes
            .map(Whitening::fromBytes)
            .orElseGet(() -> Whitenings.load(context().store(), fitted.id));
    if (whitening.inputDimension() != descriptors.dimension()) {
      throw new InputException(
          "%s whitens descriptors of %,d components; those of extractor %s have %,d. Was it fitted"
              + " for another extractor?",
          use == null ? "Whitening " + fitted.id : use,
          whitening.inputDimension(),
          descriptors.extractor(),
          descriptors.dimension());
    }
    long described = descriptors.rows(context());
    if (use == null && whitening.count() > described) {
      throw new JobFailedException(
          "Books of whitening %s do not balance: it was fitted to %,d descriptors, and there are"
              + " %,d",
          fitted.id, whitening.count(), described);
    }
  }

  @Override
  protected void commit(Todo todo, Fitted fitted) {
    fitted.bytes.ifPresent(bytes -> store(todo, fitted.id, bytes));
    if (use == null) {
      context().remember(KeptGroup.WHITENING);
    }
  }

  private void store(Todo todo, String id, byte[] bytes) {
    new Artifacts(context().store())
        .commitContent(
            Layout.whitening(id),
            new ArtifactDraft(id, "whitening", todo.inputs, context().run()),
            Map.of(Whitenings.FILE, ByteSource.of(bytes)),
            "whitening");
  }

  @Override
  protected void report(Todo todo, Fitted fitted) {
    if (fitted.bytes.isEmpty()) {
      return;
    }
    Whitening whitening = Whitenings.load(context().store(), fitted.id);
    context()
        .console()
        .say(
            "whitening %s: %,d → %d dimensions%s. %s",
            fitted.id,
            whitening.inputDimension(),
            whitening.dimension(),
            variance(whitening),
            whitening.reason());
    whitening.warning().ifPresent(warning -> context().console().say("  warning: %s", warning));
  }

  private static String variance(Whitening whitening) {
    return whitening.count() == Whitening.FITTED_ELSEWHERE
        ? ""
        : String.format(
            Locale.ROOT, ", %.1f %% of the variance", 100 * whitening.explainedVariance());
  }

  @Override
  protected Counts books(Fitted fitted) {
    return new Counts().add(FITTED, use == null && fitted.bytes.isPresent() ? 1 : 0);
  }
}
