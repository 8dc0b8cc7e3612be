package dev.remap.jobs.stage.quantize;

import dev.remap.core.whitening.Whitening;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.TrainingSample;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Quantizers.Place;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A sample of vectors to a trained quantizer. */
public final class QuantizeJob extends Job<QuantizeJob.Todo, QuantizeJob.Trained> {
  private final Vectors vectors;
  private final Optional<WarmStart> start;

  /** Trains on a sample of these vectors, from the beginning. */
  public QuantizeJob(JobContext context, Vectors vectors) {
    this(context, vectors, Optional.empty());
  }

  /** Trains on a sample of these vectors, and begins with a quantizer if there is one. */
  public QuantizeJob(JobContext context, Vectors vectors, Optional<WarmStart> start) {
    super(context);
    this.vectors = vectors;
    this.start = start;
  }

  record Todo(IndexSpec spec, int points, Place place, Inputs inputs) {}

  @Override
  protected String name() {
    return "quantize";
  }

  @Override
  protected Map<String, String> asked() {
    return start.map(from -> Map.of(Inputs.START, from.id())).orElse(Map.of());
  }

  @Override
  protected Todo plan() {
    long rows = vectors.rows(context());
    IndexSpec spec = spec(rows, vectors.dimension());
    int points = Quantizers.trainingVectors(context().settings(), spec, rows);
    if (points < spec.minimumTrainingVectors()) {
      throw new InputException(
          "%s needs at least %,d vectors to train on; there are %,d. Use fewer lists or bits, or"
              + " quantizer.spec=auto",
          spec, spec.minimumTrainingVectors(), points);
    }
    requireArray(spec, vectors.dimension());
    Place place = Quantizers.place(context().settings(), spec, points, vectors.dimension());
    context()
        .console()
        .say(
            "quantize %,d vectors of %d dimensions: %s, trained on %,d by %s",
            rows,
            vectors.dimension(),
            spec,
            points,
            place == Place.DRIVER ? "the driver" : "tasks");
    if (!context().settings().string("quantizer.spec").equals("auto")) {
      Quantizer.advice(spec, points).ifPresent(line -> context().console().say("  %s", line));
    }
    return new Todo(spec, points, place, inputs(spec, points, place));
  }

  /** All centroids are one array of the driver. */
  static void requireArray(IndexSpec spec, int dimension) {
    int components = spec.opqDimension() == 0 ? dimension : spec.opqDimension();
    long numbers = (long) spec.lists() * components;
    if (numbers > Quantizers.MOST_NUMBERS) {
      throw new InputException(
          "%s has centroids of %,d numbers over %d dimensions, and at most %,d are possible: use"
              + " fewer lists",
          spec, numbers, components, Quantizers.MOST_NUMBERS);
    }
  }

  private IndexSpec spec(long rows, int dimension) {
    if (start.isPresent()) {
      context().console().say("  begins with quantizer %s", start.get().id());
      return start.get().spec();
    }
    return spec(
        context(),
        rows,
        dimension,
        choice -> context().console().say("  %s: %s", choice.spec(), choice.reason()));
  }

  /** What the settings want for so many vectors. */
  static IndexSpec spec(
      JobContext context, long rows, int dimension, Consumer<IndexSpec.Choice> choices) {
    try {
      return Quantizers.spec(context.settings(), rows, dimension, choices);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "quantizer.spec %s: %s", context.settings().string("quantizer.spec"), e.getMessage());
    }
  }

  private Inputs inputs(IndexSpec spec, int points, Place place) {
    Inputs inputs =
        Inputs.of(Inputs.WHITENING, vectors.whitening())
            .with(Inputs.LISTING, vectors.ledger(context().store()).inputs().listing())
            .with(Inputs.SPEC, spec.toString())
            .with(Inputs.POINTS, Integer.toString(points))
            .with("seed", Long.toString(seed()));
    Inputs begun = start.map(from -> inputs.with(Inputs.START, from.id())).orElse(inputs);
    // Other passes, and sums of other blocks, are another quantizer.
    return place == Place.DRIVER ? begun : begun.with("centroids", "tasks, over-relaxed");
  }

  /**
   * A quantizer that the store has, or that is in a folder of this machine until it is committed.
   *
   * @param folder null if the store has it
   */
  public record Trained(String id, Optional<ArtifactManifest> stored, Path folder) {
    private static Trained earlier(ArtifactManifest manifest) {
      return new Trained(manifest.id(), Optional.of(manifest), null);
    }

    private Path file() {
      return folder.resolve(Quantizers.FILE);
    }

    private void discard() {
      try {
        Files.deleteIfExists(file());
        Files.delete(folder);
      } catch (IOException e) {
        throw StoreException.of("delete", folder, e);
      }
    }
  }

  @Override
  protected Trained run(Todo todo) {
    for (ArtifactManifest earlier : Quantizers.all(context().store())) {
      if (earlier.inputs().equals(todo.inputs)) {
        context().console().say("  quantizer %s was trained already", earlier.id());
        return Trained.earlier(earlier);
      }
    }
    Optional<ArtifactManifest> trained =
        start.map(WarmStart::quantizer).filter(from -> isOfSameSample(from, todo));
    if (trained.isPresent()) {
      context()
          .console()
          .say("  quantizer %s was trained on these vectors already", trained.get().id());
      return Trained.earlier(trained.get());
    }
    try (Quantizer quantizer = todo.place == Place.DRIVER ? onDriver(todo) : byTasks(todo)) {
      return write(quantizer);
    }
  }

  /** Whether a quantizer, however it began, was trained on what this one would be. */
  private static boolean isOfSameSample(ArtifactManifest from, Todo todo) {
    Inputs wanted = todo.inputs.without(Inputs.START);
    return from.inputs().without(Inputs.START).equals(wanted);
  }

  private long seed() {
    return context().settings().count("quantizer.seed");
  }

  private Quantizer onDriver(Todo todo) {
    float[] sample = TrainingSample.draw(context(), vectors, todo.points, seed());
    return new DriverTraining(context(), steps(todo), new Throttle(context().console()))
        .train(sample);
  }

  private Quantizer byTasks(Todo todo) {
    return new DistributedTraining(
            context(),
            steps(todo),
            TrainingScale.USUAL,
            new TrainingCheckpoints(context(), todo.inputs, KillPoint::reach),
            new Throttle(context().console()))
        .train(vectors, todo.points);
  }

  private TrainingSteps steps(Todo todo) {
    return new TrainingSteps(
        todo.spec,
        vectors.dimension(),
        seed(),
        start.map(from -> from.read(context())).orElse(TrainingSteps.Start.DRAWN));
  }

  private static Trained write(Quantizer quantizer) {
    try {
      Path folder = Files.createTempDirectory("remap-quantizer");
      String sha256 = quantizer.write(folder.resolve(Quantizers.FILE));
      return new Trained(sha256.substring(0, 16), Optional.empty(), folder);
    } catch (IOException e) {
      throw StoreException.of("use the temporary folder", System.getProperty("java.io.tmpdir"), e);
    }
  }

  @Override
  protected void verify(Todo todo, Trained trained) {
    try (Quantizer quantizer =
        trained
            .stored
            .map(manifest -> Quantizers.open(context().store(), manifest))
            .orElseGet(() -> Quantizer.open(trained.file(), FileHash.of(trained.file())))) {
      requireWanted(todo, trained.id, quantizer);
    } catch (RuntimeException e) {
      if (trained.stored.isEmpty()) {
        trained.discard();
      }
      throw e;
    }
  }

  private void requireWanted(Todo todo, String id, Quantizer quantizer) {
    Whitening fitted = Whitenings.load(context().store(), vectors.whitening());
    if (quantizer.dimension() != fitted.dimension() || !quantizer.spec().equals(todo.spec)) {
      throw new JobFailedException(
          "Quantizer %s is %s over %d dimensions; wanted was %s over %d",
          id, quantizer.spec(), quantizer.dimension(), todo.spec, fitted.dimension());
    }
  }

  @Override
  protected void commit(Todo todo, Trained trained) {
    store(todo, trained);
    context().remember(KeptGroup.QUANTIZER);
  }

  private void store(Todo todo, Trained trained) {
    if (trained.stored.isPresent()) {
      return;
    }
    try {
      new Artifacts(context().store())
          .commitContent(
              Layout.quantizer(trained.id),
              new ArtifactDraft(trained.id, "quantizer", todo.inputs, context().run()),
              Map.of(Quantizers.FILE, ByteSource.of(trained.file())),
              name());
    } finally {
      trained.discard();
    }
  }

  @Override
  protected void report(Todo todo, Trained trained) {
    long bytes = Quantizers.require(context().store(), trained.id).file(Quantizers.FILE).bytes();
    String from = todo.inputs.find(Inputs.START).map(id -> ", from quantizer " + id).orElse("");
    context()
        .console()
        .say("  quantizer %s: %s, %s%s", trained.id, todo.spec, Console.bytes(bytes), from);
  }

  @Override
  protected Counts books(Trained trained) {
    int points = Quantizers.require(context().store(), trained.id).inputs().points();
    return new Counts().add("training-vectors", points);
  }

  /** Training tells every step; a line now and then is enough. */
  private static final class Throttle implements Consumer<String> {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final Console console;
    private long last = System.nanoTime();

    Throttle(Console console) {
      this.console = console;
    }

    @Override
    public void accept(String line) {
      long now = System.nanoTime();
      if (now - last >= EVERY_NANOS) {
        last = now;
        console.say("  %s", line);
      }
    }
  }
}
