package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.extraction.Scale;
import dev.remap.core.training.BackboneRegions;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.HeadTraining;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Images to what an aggregator has that learns (region weights, exponents, a projection of regions,
 * attention), to a projection if one is wanted, and to a network if that learns, too, by a ranking
 * loss (Husain and Bober, TIP 2019). Tasks describe the images once; what follows the network
 * learns on the driver, and so does the network.
 */
public final class TrainJob extends Job<TrainJob.Todo, TrainJob.Trained> {
  private final Integer snapshot;
  private final Labels labels;
  private final int rehearsals;

  private ArtifactManifest committed;

  /**
   * @param snapshot number of the snapshot; null for the newest
   * @param labels groups, or pairs that connect them; without, images match their own copies
   * @param rehearsals how often training is judged by groups that it has not seen
   */
  public TrainJob(JobContext context, Integer snapshot, Labels labels, int rehearsals) {
    super(context);
    this.snapshot = snapshot;
    this.labels = labels;
    this.rehearsals = rehearsals;
  }

  record Todo(
      ArtifactManifest extractor,
      int snapshot,
      TrainSettings settings,
      WeighSettings weigh,
      Sampling.Sample sample,
      StartHead start,
      Inputs inputs) {}

  /**
   * What came of it.
   *
   * @param head that found best what was held out
   * @param network its files; none if it stays as it is
   * @param record the split and the curve (JSON)
   * @param mined the file of what the last epoch has mined; none if it mines nothing
   * @param images that were trained with, held out or not
   * @param distractors described images without a label
   * @param alone described images without another one of their group
   */
  record Trained(
      Head head,
      List<Epoch> curve,
      int best,
      Map<String, byte[]> network,
      String record,
      Map<String, byte[]> mined,
      int images,
      int distractors,
      int alone,
      List<String> failures) {}

  @Override
  protected String name() {
    return Weights.TRAIN;
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(Weights.LABELS, labels.text());
  }

  @Override
  protected Todo plan() {
    TrainSettings settings = TrainSettings.of(context().settings());
    WeighSettings weigh = WeighSettings.of(context().settings());
    StartHead start = StartHead.of(context(), settings, weigh);
    Snapshots snapshots = new Snapshots(context().store());
    int number = snapshots.choose(context(), snapshot);
    Sampling sampling = new Sampling(context(), weigh, number);
    Sampling.Sample sample =
        sampling.withDistractors(
            labels.pairs() != null ? sampling.connected(labels.pairs()) : sampling.of(labels),
            labels,
            settings.distractors());
    Requirements.requireGroups(sample, settings, rehearsals > 0);
    if (settings.hasProjection()) {
      Requirements.requireOneScale(context().settings());
    }
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, start.files().id())
            .with(Inputs.SNAPSHOT, Optional.of(number))
            .with(Inputs.LISTING, snapshots.listing(number))
            .with(Weights.LABELS, labels.text())
            .with("sample", sample.digest())
            .with("settings", weigh.text())
            .with(Weights.TRAIN, settings.text());
    inputs = start.with(inputs);
    if (settings.hasProjection()) {
      inputs = inputs.with("options", Whitenings.options(context().settings()).toString());
    }
    announce(number, start, settings, sample);
    ScratchFile.requireRoom(
        kept(start, settings), bytes(start, settings, sample), settings.cache(), sample.images());
    Requirements.requireHeap(sample.images(), start.plain().dimension());
    if (settings.hasNetwork()) {
      try (TrainableBackbone network = NetworkLearning.load(context(), start.files(), settings)) {
        context().console().say("  %s", NetworkLearning.about(context(), network));
      }
    }
    ArtifactManifest extractor = start.files().commit(context().store(), context().run());
    return new Todo(extractor, number, settings, weigh, sample, start, inputs);
  }

  private void announce(
      int number, StartHead start, TrainSettings settings, Sampling.Sample sample) {
    Console console = context().console();
    ExtractorSpec spec = start.files().spec();
    console.say(
        "train %s (%s, %d×%d%s) by snapshot %d: %s",
        start.about(),
        spec.backbone().name(),
        spec.scales().get(0).longSide(),
        spec.scales().get(0).shortSide(),
        settings.hasNetwork() ? "" : "; the network stays as it is",
        number,
        sample.about());
    sample.sayLeftOut(context());
    console.say(
        "  %s: %s on this machine's disk while it trains",
        kept(start, settings), Console.bytes(bytes(start, settings, sample)));
  }

  private static String kept(StartHead start, TrainSettings settings) {
    return start.parts() + (settings.hasNetwork() ? " and pixels" : "");
  }

  private static long bytes(StartHead start, TrainSettings settings, Sampling.Sample sample) {
    Scale scale = start.files().spec().scales().get(0);
    long network =
        settings.hasNetwork() ? NetworkLearning.bytes(start.shape(), scale, sample.images()) : 0;
    return RegionCache.bytes(start.shape(), sample.images()) + network;
  }

  @Override
  protected Trained run(Todo todo) {
    try (RegionCache cache = new RegionCache(todo.start.shape(), todo.sample.images())) {
      RegionPass pass =
          new RegionPass(
              context(), todo.extractor, todo.start.shape(), todo.weigh.seed(), todo.sample.all());
      List<String> failures = pass.fill(cache);
      Requirements.requireDescribed(
          context().settings(), failures.size(), todo.sample.images(), failures);
      TrainImages images = TrainImages.of(todo.sample, cache);
      if (!todo.settings.hasNetwork()) {
        return run(todo, images, failures, Optional.empty());
      }
      try (NetworkLearning network =
              NetworkLearning.of(pass, todo.start.files(), todo.settings, cache);
          BackboneRegions regions = network.regions(cache, todo.settings)) {
        return run(todo, images.by(regions), failures, Optional.of(network));
      }
    }
  }

  private Trained run(
      Todo todo, TrainImages images, List<String> failures, Optional<NetworkLearning> network) {
    try (ParallelFor searching = new ParallelFor(NetworkLearning.cores(context()))) {
      if (rehearsals > 0) {
        new Rehearsal(todo.settings, images, todo.start, context().console(), searching)
            .run(rehearsals);
      }
      return train(todo, images, failures, network, searching);
    }
  }

  private Trained train(
      Todo todo,
      TrainImages images,
      List<String> failures,
      Optional<NetworkLearning> network,
      ParallelFor searching) {
    Split split = images.split(todo.settings.heldOut(), 0, todo.settings.seed());
    Console console = context().console();
    console.say(
        "  learns from %,d images in %,d groups; %,d in %,d groups are held out",
        split.training().length,
        images.groupsOf(split.training()),
        split.heldOut().length,
        images.groupsOf(split.heldOut()));
    HeadTraining training =
        new HeadTraining(
            images.regions(),
            images.groups(),
            split,
            todo.settings.recipe(),
            todo.start.of(images, split),
            searching);
    new EpochLoop(
            context(),
            checkpoints(todo, images),
            images,
            todo.settings.recipe().epochs(),
            todo.settings.hasNetwork())
        .run(training);
    TrainRecord record = new TrainRecord(todo.settings, images, training);
    return new Trained(
        training.best(),
        training.curve(),
        training.bestEpoch(),
        // A network that has learnt nothing is the one that there is.
        network
            .filter(it -> training.bestEpoch() > 0)
            .map(it -> it.files(training.bestNetwork(), todo.settings.network(), how(todo)))
            .orElse(Map.of()),
        record.text(split),
        record.mined(),
        images.count(),
        images.distractors(),
        images.alone(),
        failures);
  }

  private static String how(Todo todo) {
    return "trained further (%s, train.network=%s) on snapshot %d by extractor %s"
        .formatted(
            todo.settings.parts(),
            todo.settings.network().text(),
            todo.snapshot,
            todo.extractor.id());
  }

  /** A checkpoint is of the images that could be described, too. */
  private HeadCheckpoints checkpoints(Todo todo, TrainImages images) {
    String described =
        Sha256.hex(Arrays.toString(images.groups()).getBytes(StandardCharsets.UTF_8));
    return new HeadCheckpoints(context(), todo.inputs.with("described", described));
  }

  @Override
  protected void verify(Todo todo, Trained trained) {
    int counted = trained.images + trained.distractors + trained.alone + trained.failures.size();
    if (counted != todo.sample.images()) {
      throw new JobFailedException(
          "Books do not balance: %,d images, but %,d trained with, %,d without a label, %,d alone in"
              + " their groups and %,d rejected",
          todo.sample.images(),
          trained.images,
          trained.distractors,
          trained.alone,
          trained.failures.size());
    }
  }

  @Override
  protected void commit(Todo todo, Trained trained) {
    Map<String, byte[]> files = new TreeMap<>(todo.start.kept(trained.head));
    files.put(Weights.TRAINING, bytes(trained.record));
    files.putAll(trained.mined);
    files.putAll(trained.network);
    trained
        .head
        .whitening()
        .ifPresent(whitening -> files.put(Weights.PROJECTION, whitening.toBytes()));
    var digest = Sha256.digest();
    files.values().forEach(digest::update);
    digest.update(bytes(todo.inputs.byName().toString()));
    String id = Sha256.format(digest.digest()).substring(0, 16);
    Map<String, ByteSource> contents = new TreeMap<>();
    files.forEach((name, content) -> contents.put(name, ByteSource.of(content)));
    committed =
        new Artifacts(context().store())
            .commit(
                Layout.weights(id),
                new ArtifactDraft(id, todo.start.noun(), todo.inputs, context().run()),
                contents,
                name());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void report(Todo todo, Trained trained) {
    Console console = context().console();
    curve(console, trained);
    todo.start.print(console, trained.head);
    console.say(
        "  books: %,d images = %,d trained with%s + %,d alone in their groups + %,d rejected",
        todo.sample.images(),
        trained.images,
        todo.settings.distractors() == 0
            ? ""
            : Plain.format(" + %,d without a label", trained.distractors),
        trained.alone,
        trained.failures.size());
    Requirements.examples(trained.failures)
        .lines()
        .forEach(line -> console.say("  rejected: %s", line));
    if (trained.best == 0) {
      console.say(
          "  no epoch found what is held out better than the start: what is kept are the %s of the"
              + " start%s",
          todo.start.noun(), todo.settings.hasNetwork() ? ", and the network stays as it was" : "");
    }
    console.say(
        "  %s %s%s",
        todo.start.noun(),
        committed.id(),
        committed.files().containsKey(Weights.PICTURE)
            ? ", drawn in " + located(Weights.PICTURE)
            : "");
    CommandText extract = line("extract", todo);
    for (Weights.Kind kind : todo.start.kinds()) {
      extract = extract.withSetting(kind.setting(), committed.id());
    }
    console.say(
        "  to describe images by them: `%s`",
        trained.network.isEmpty()
            ? extract
            : extract.withSetting("extractor.backbone", committed.id()));
    if (trained.head.whitening().isPresent()) {
      console.say(
          "  to whiten those by the projection: `%s`",
          line("whiten", todo).with("--import", located(Weights.PROJECTION)));
    }
  }

  /** What is said of a whitening is of the one that was trained, if there is one. */
  private CommandText line(String command, Todo todo) {
    CommandText line =
        context()
            .line(command)
            .withoutSettings("weigh")
            .withoutSettings("train")
            .withoutSettings("whitening");
    return todo.start.replaced().map(line::withoutSetting).orElse(line);
  }

  private String located(String file) {
    return context().store().locate(committed.file(file).path());
  }

  private static void curve(Console console, Trained trained) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("epoch", "loss", "held-out mAP"));
    for (Epoch epoch : trained.curve) {
      rows.add(
          List.of(
              Integer.toString(epoch.number()),
              Double.isNaN(epoch.loss()) ? "–" : String.format(Locale.ROOT, "%.5f", epoch.loss()),
              String.format(Locale.ROOT, "%.4f", epoch.map())));
    }
    console.table(rows);
  }

  @Override
  protected Counts books(Trained trained) {
    return new Counts()
        .add("described", trained.images + (long) trained.distractors + trained.alone)
        .add("rejected", trained.failures.size())
        .add("epochs", trained.curve.size() - 1L);
  }
}
