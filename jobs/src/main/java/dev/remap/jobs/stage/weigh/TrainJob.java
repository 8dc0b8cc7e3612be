package dev.remap.jobs.stage.weigh;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import dev.remap.core.backbone.Tap;
import dev.remap.core.entropy.WeightsPicture;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.core.training.DivergedException;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.Head;
import dev.remap.core.training.HeadShape;
import dev.remap.core.training.HeadTraining;
import dev.remap.core.training.Split;
import dev.remap.core.training.Tuple;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
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
import java.util.stream.IntStream;

/**
 * Images to region weights, and to a projection if one is wanted, by a ranking loss (Husain and
 * Bober, TIP 2019). The network stays as it is: its region vectors are computed once, and what
 * follows it learns on the driver.
 */
public final class TrainJob extends Job<TrainJob.Todo, TrainJob.Trained> {
  /** Images of a task: their region vectors travel to the driver at once. */
  private static final int PART = 32;

  private static final int EXAMPLES = 3;

  private final Integer snapshot;
  private final Labels labels;
  private final int rehearsals;

  private ArtifactManifest committed;

  /**
   * @param snapshot number of the snapshot; null for the newest
   * @param labels groups; without, images match their own copies
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
      HeadShape shape,
      TrainSettings settings,
      WeighSettings weigh,
      Sampling.Sample sample,
      StartHead start,
      Inputs inputs) {
    List<String> taps() {
      return start.taps().stream().map(Tap::name).toList();
    }
  }

  /**
   * What came of it.
   *
   * @param record the split and the curve (JSON)
   * @param mined of the last epoch (JSON lines)
   * @param images that were trained with, held out or not
   * @param alone described images without another one of their group
   */
  record Trained(
      RegionWeights weights,
      Optional<Whitening> whitening,
      List<Epoch> curve,
      int best,
      String record,
      String mined,
      int images,
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
    requireRegions();
    Snapshots snapshots = new Snapshots(context().store());
    int number = snapshots.choose(context(), snapshot);
    TrainSettings settings = TrainSettings.of(context().settings());
    WeighSettings weigh = WeighSettings.of(context().settings());
    ExtractorFiles files = ExtractorFiles.unweighted(context().settings());
    ExtractorSpec spec = files.spec();
    RegionWeights ones = ((RemapAggregator.Remap) spec.aggregation()).weights();
    RegionWeights given = given(settings, ones);
    List<Tap> taps = spec.backbone().taps();
    HeadShape shape =
        new HeadShape(ones.levels(), ones.regions(), taps.stream().map(Tap::channels).toList());
    Sampling sampling = new Sampling(context(), weigh, number);
    Sampling.Sample sample =
        labels.groups() != null ? sampling.groups(labels.groups()) : sampling.copies();
    requireGroups(sample, settings);
    if (settings.hasProjection()) {
      requireOneScale();
    }
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, files.id())
            .with(Inputs.SNAPSHOT, Optional.of(number))
            .with(Inputs.LISTING, snapshots.listing(number))
            .with(Weights.LABELS, labels.text())
            .with("sample", WeighJob.digest(sample))
            .with("settings", weigh.text())
            .with(Weights.TRAIN, settings.text());
    if (settings.start().equals(TrainSettings.EXTRACTOR)) {
      inputs = inputs.with("start", Sha256.hex(given.toJson().getBytes(StandardCharsets.UTF_8)));
    }
    if (settings.hasProjection()) {
      inputs = inputs.with("options", Whitenings.options(context().settings()).toString());
    }
    announce(number, spec, shape, settings, sample);
    ArtifactManifest extractor = files.commit(context().store(), context().run());
    StartHead start = new StartHead(context(), settings, weigh, sample, ones, given, taps);
    return new Todo(extractor, shape, settings, weigh, sample, start, inputs);
  }

  private void requireRegions() {
    String aggregator = context().settings().string("extractor.aggregator");
    if (!aggregator.equals("remap")) {
      throw new InputException(
          "extractor.aggregator is %s, which has no region weights to train: set it to remap",
          aggregator);
    }
    String boxes = context().settings().string("extractor.regions-table");
    if (!boxes.isBlank()) {
      throw new InputException(
          "extractor.regions-table is %s: boxes have their scores for weights, and those of the"
              + " grid's regions have no effect beside them. Leave it out",
          boxes);
    }
  }

  /** Weights of the extractor, which must be of the same grid. */
  private RegionWeights given(TrainSettings settings, RegionWeights ones) {
    if (!settings.start().equals(TrainSettings.EXTRACTOR)) {
      return ones;
    }
    RegionWeights given =
        ((RemapAggregator.Remap) ExtractorFiles.spec(context(), context().settings()).aggregation())
            .weights();
    if (given.regions() != ones.regions() || given.areAllZero()) {
      throw new InputException(
          "train.start is extractor, but extractor.region-weights are of %d regions, and images"
              + " have %d: start from ones or entropy",
          given.regions(), ones.regions());
    }
    return given;
  }

  /** What is projected must be what was trained on: sums over regions at one scale. */
  private void requireOneScale() {
    List<? extends Config> scales = context().settings().objects("extractor.scales");
    boolean isPlain = scales.size() == 1 && scales.get(0).getDouble("weight") == 1;
    String combination = context().settings().string("extractor.scale-combination");
    if (!isPlain || !combination.equals("sum")) {
      throw new InputException(
          "A projection is trained on descriptors of one scale of weight 1 (extractor.scales), added"
              + " as they are (extractor.scale-combination = sum, which is %s): it would not fit"
              + " others. Train --parts alpha, or describe images at one scale",
          combination);
    }
  }

  private void requireGroups(Sampling.Sample sample, TrainSettings settings) {
    long groups =
        sample.parts().stream().flatMap(part -> part.groups().stream()).distinct().count();
    if (groups < 2 * Split.LEAST_GROUPS) {
      throw new InputException(
          "There are %d groups of two or more images: training needs %d at the least, two to learn"
              + " from and two by which the best epoch is chosen",
          groups, 2 * Split.LEAST_GROUPS);
    }
    try {
      // Before hours of describing: how many there are decides, not which.
      int[] pairs = IntStream.range(0, 2 * (int) groups).map(i -> i / 2).toArray();
      Split.of(pairs, settings.heldOut(), rehearsals > 0 ? settings.test() : 0, settings.seed());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "The %d groups of two or more images are too few: %s. Give images of more groups"
              + " (--groups), or hold fewer out (train.held-out, train.test)",
          groups, e.getMessage());
    }
  }

  private void announce(
      int number,
      ExtractorSpec spec,
      HeadShape shape,
      TrainSettings settings,
      Sampling.Sample sample) {
    Console console = context().console();
    console.say(
        "train %s of %d regions of %d taps (%s, %d×%d; the network stays as it is) by snapshot %d:"
            + " %s",
        settings.parts().equals("both") ? "weights and projection" : settings.parts(),
        shape.regions(),
        shape.taps(),
        spec.backbone().name(),
        spec.scales().get(0).longSide(),
        spec.scales().get(0).shortSide(),
        number,
        sample.about());
    sample.leftOut().forEach(line -> console.say("  not looked at: %s", line));
    int scales = context().settings().objects("extractor.scales").size();
    if (scales > 1) {
      console.say(
          "  not looked at: %d of %d scales: they take the weights of the first one",
          scales - 1, scales);
    }
    console.say(
        "  region vectors: %s on this machine's disk while it trains",
        Console.bytes(RegionCache.bytes(shape, sample.images())));
  }

  @Override
  protected Trained run(Todo todo) {
    try (RegionCache cache =
        new RegionCache(todo.shape, todo.sample.images(), todo.settings.cache())) {
      List<String> failures = describe(todo, cache);
      TrainImages images = TrainImages.of(todo.sample, cache);
      if (rehearsals > 0) {
        new Rehearsal(todo.settings, images, todo.start, context().console()).run(rehearsals);
      }
      return train(todo, images, failures);
    }
  }

  private List<String> describe(Todo todo, RegionCache cache) {
    List<WeighImage> all =
        todo.sample.parts().stream().flatMap(part -> part.images().stream()).toList();
    List<ArrayList<WeighImage>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += PART) {
      parts.add(new ArrayList<>(all.subList(from, Math.min(all.size(), from + PART))));
    }
    RegionTask task =
        new RegionTask(
            Layout.extractor(todo.extractor.id()),
            todo.shape.levels(),
            todo.shape.regions(),
            todo.weigh.seed(),
            new WeighImage.Limits(
                context().settings().bytes("image.max-bytes"),
                context().settings().count("image.max-pixels")),
            ExecutorExtractors.Options.of(context()));
    TreeMap<Integer, List<String>> failures = new TreeMap<>();
    new UnitRunner(context(), "images")
        .forEach(
            parts,
            all.size(),
            task,
            (number, regions) -> {
              failures.put(number, regions.failures());
              for (int i = 0; i < regions.vectors().length; i++) {
                if (regions.vectors()[i] != null) {
                  cache.write(number * PART + i, regions.vectors()[i]);
                }
              }
            });
    List<String> lines = failures.values().stream().flatMap(List::stream).toList();
    requireImages(all.size(), lines);
    return lines;
  }

  private void requireImages(int images, List<String> failures) {
    double most = context().settings().number("extract.max-reject-ratio", 0, 1);
    if (failures.size() > most * images) {
      throw new JobFailedException(
          "%,d of %,d images could not be described, more than extract.max-reject-ratio (%s)"
              + " allows, such as:\n"
              + "  %s",
          failures.size(), images, most, examples(failures));
    }
  }

  private static Plain.Lines examples(List<String> failures) {
    return new Plain.Lines(failures.stream().limit(EXAMPLES).toList());
  }

  private Trained train(Todo todo, TrainImages images, List<String> failures) {
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
            todo.start.of(images, split));
    learn(todo, images, training);
    Head best = training.best();
    return new Trained(
        best.weights(),
        best.whitening(),
        training.curve(),
        training.bestEpoch(),
        record(todo, images, split, training),
        mined(images, training.mined()),
        images.count(),
        images.alone(),
        failures);
  }

  /**
   * To the end, or to where it leaves the finite numbers: then what was best until there is kept.
   */
  private void learn(Todo todo, TrainImages images, HeadTraining training) {
    Console console = context().console();
    String described =
        Sha256.hex(Arrays.toString(images.groups()).getBytes(StandardCharsets.UTF_8));
    HeadCheckpoints checkpoints =
        new HeadCheckpoints(context(), todo.inputs.with("described", described));
    checkpoints.resume(training);
    console.say("  start: held-out mAP %.4f", training.curve().get(0).map());
    int epochs = todo.settings.recipe().epochs();
    while (!training.isOver()) {
      long begun = System.nanoTime();
      try {
        Epoch epoch = training.epoch();
        checkpoints.add(training);
        double seconds = (System.nanoTime() - begun) / 1e9;
        console.say(
            "  epoch %d of %d: loss %.5f, held-out mAP %.4f (best %.4f in %d), %s, at most %s left",
            epoch.number(),
            epochs,
            epoch.loss(),
            epoch.map(),
            training.curve().get(training.bestEpoch()).map(),
            training.bestEpoch(),
            Console.seconds(seconds),
            Console.seconds(seconds * (epochs - epoch.number())));
      } catch (DivergedException e) {
        diverged(images, training, e);
        return;
      }
    }
  }

  private void diverged(TrainImages images, HeadTraining training, DivergedException e) {
    List<String> batch = images.ids(Arrays.stream(e.images()).limit(EXAMPLES).toArray());
    if (training.epochs() == 0) {
      throw new JobFailedException(
          "Training ends before its first epoch is done: %s (images such as %s). Lower"
              + " train.alpha-rate or train.projection-rate",
          e.getMessage(), String.join(", ", batch));
    }
    context()
        .console()
        .say(
            "  warning: training ends after epoch %d: %s (images such as %s); lower train.alpha-rate"
                + " or train.projection-rate",
            training.epochs(), e.getMessage(), String.join(", ", batch));
  }

  private static String record(Todo todo, TrainImages images, Split split, HeadTraining training) {
    ObjectNode node = Json.versioned();
    node.put("settings", todo.settings.text());
    node.put("images", images.count());
    names(node.putArray("learnt"), images, split.training());
    names(node.putArray("held-out"), images, split.heldOut());
    node.put("best-epoch", training.bestEpoch());
    ArrayNode curve = node.putArray("curve");
    for (Epoch epoch : training.curve()) {
      ObjectNode point = curve.addObject().put("epoch", epoch.number());
      if (!Double.isNaN(epoch.loss())) {
        point.put("loss", epoch.loss());
      }
      point.put("held-out-map", epoch.map());
    }
    return node.toPrettyString() + "\n";
  }

  /** Groups by the id of their first image. */
  private static void names(ArrayNode node, TrainImages images, int... places) {
    Arrays.stream(places)
        .map(place -> images.groups()[place])
        .distinct()
        .forEach(group -> node.add(images.names().get(group)));
  }

  private static String mined(TrainImages images, List<Tuple> tuples) {
    StringBuilder lines = new StringBuilder();
    for (Tuple tuple : tuples) {
      ObjectNode node = Json.object();
      node.put("query", images.ids(tuple.query()).get(0));
      node.put("positive", images.ids(tuple.positive()).get(0));
      ArrayNode negatives = node.putArray("negatives");
      tuple.negatives().forEach(image -> negatives.add(images.ids(image).get(0)));
      lines.append(node).append('\n');
    }
    return lines.toString();
  }

  @Override
  protected void verify(Todo todo, Trained trained) {
    int counted = trained.images + trained.alone + trained.failures.size();
    if (counted != todo.sample.images()) {
      throw new JobFailedException(
          "Books do not balance: %,d images, but %,d trained with, %,d alone in their groups and"
              + " %,d rejected",
          todo.sample.images(), trained.images, trained.alone, trained.failures.size());
    }
  }

  @Override
  protected void commit(Todo todo, Trained trained) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(Weights.FILE, bytes(trained.weights.toJson()));
    files.put(Weights.TRAINING, bytes(trained.record));
    files.put(Weights.PICTURE, bytes(WeightsPicture.svg(trained.weights, todo.taps())));
    if (!trained.mined.isEmpty()) {
      files.put(Weights.MINED, bytes(trained.mined));
    }
    trained.whitening.ifPresent(whitening -> files.put(Weights.PROJECTION, whitening.toBytes()));
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
                new ArtifactDraft(id, "region weights", todo.inputs, context().run()),
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
    WeightTables.print(console, trained.weights, todo.taps());
    console.say(
        "  books: %,d images = %,d trained with + %,d alone in their groups + %,d rejected",
        todo.sample.images(), trained.images, trained.alone, trained.failures.size());
    examples(trained.failures).lines().forEach(line -> console.say("  rejected: %s", line));
    if (trained.best == 0) {
      console.say(
          "  no epoch found what is held out better than the start: these weights are the start's");
    }
    console.say("  weights %s, drawn in %s", committed.id(), located(Weights.PICTURE));
    CommandText extract =
        context()
            .line("extract")
            .withoutSettings("weigh")
            .withoutSettings("train")
            // What is said of a whitening is of the one that was trained, if there is one.
            .withoutSettings("whitening")
            .withSetting("extractor.region-weights", committed.id());
    console.say("  to describe images by them: `%s`", extract);
    if (trained.whitening.isPresent()) {
      console.say(
          "  to whiten those by the projection: `%s`",
          context()
              .line("whiten")
              .withoutSettings("weigh")
              .withoutSettings("train")
              .withoutSettings("whitening")
              .with("--import", located(Weights.PROJECTION)));
    }
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
        .add("described", trained.images + (long) trained.alone)
        .add("rejected", trained.failures.size())
        .add("epochs", trained.curve.size() - 1L);
  }
}
