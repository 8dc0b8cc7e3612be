package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.entropy.DistanceHistograms;
import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.entropy.WeightsPicture;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Weights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Images to region weights: distances of matching and non-matching pairs, counted by tap and region
 * in one pass, and compared (Husain and Bober, TIP 2019).
 */
public final class WeighJob extends Job<WeighJob.Todo, WeighJob.Fitted> {
  /** With fewer matching pairs for each bin, chance has a large part in the weights. */
  private static final int FEW_PER_BIN = 10;

  private final Integer snapshot;
  private final Labels labels;

  private ArtifactManifest committed;

  /**
   * @param snapshot number of the snapshot; null for the newest
   * @param labels without any, images match their own copies
   */
  public WeighJob(JobContext context, Integer snapshot, Labels labels) {
    super(context);
    this.snapshot = snapshot;
    this.labels = labels;
  }

  record Todo(
      ExtractorFiles files,
      ArtifactManifest extractor,
      RegionWeights ones,
      WeighSettings settings,
      Sampling.Sample sample,
      Inputs inputs) {
    List<String> taps() {
      return files.spec().backbone().taps().stream().map(Tap::name).toList();
    }
  }

  record Fitted(
      RegionWeights weights, DistanceHistograms histograms, List<WeighTask.Gathered> parts) {
    long sum(ToLongFunction<WeighTask.Gathered> count) {
      return parts.stream().mapToLong(count).sum();
    }

    List<String> failures() {
      return parts.stream().flatMap(part -> part.examples().stream()).toList();
    }
  }

  @Override
  protected String name() {
    return "weigh";
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(Weights.LABELS, labels.text());
  }

  @Override
  protected Todo plan() {
    Requirements.requireGrid(context().settings(), "regions to weigh");
    Snapshots snapshots = new Snapshots(context().store());
    int number = snapshots.choose(context(), snapshot);
    WeighSettings settings = WeighSettings.of(context().settings());
    ExtractorFiles files = ExtractorFiles.unweighted(context().settings(), context().store());
    Sampling.Sample sample = new Sampling(context(), settings, number).of(labels);
    RegionWeights ones = ((RemapAggregator.Remap) files.spec().aggregation()).weights();
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, files.id())
            .with(Inputs.SNAPSHOT, Optional.of(number))
            .with(Inputs.LISTING, snapshots.listing(number))
            .with(Weights.LABELS, labels.text())
            .with("sample", sample.digest())
            .with("settings", settings.text());
    announce(number, files.spec(), ones, sample);
    ArtifactManifest extractor = files.commit(context().store(), context().run());
    return new Todo(files, extractor, ones, settings, sample, inputs);
  }

  private void announce(
      int number, ExtractorSpec spec, RegionWeights ones, Sampling.Sample sample) {
    context()
        .console()
        .say(
            "weigh %d regions of %d taps (%s, %d×%d) by snapshot %d: %s, in %,d tasks",
            ones.regions(),
            ones.taps(),
            spec.backbone().name(),
            spec.scales().get(0).longSide(),
            spec.scales().get(0).shortSide(),
            number,
            sample.about(),
            sample.parts().size());
    sample.sayLeftOut(context());
  }

  @Override
  protected Fitted run(Todo todo) {
    WeighTask task =
        new WeighTask(
            Layout.extractor(todo.extractor.id()),
            todo.ones.levels(),
            todo.ones.regions(),
            todo.settings,
            WeighImage.Limits.of(context().settings()),
            ExecutorExtractors.Options.of(context()));
    List<WeighTask.Gathered> parts =
        new UnitRunner(context(), "images")
            .run(new ArrayList<>(todo.sample.parts()), todo.sample.images(), task);
    DistanceHistograms sum =
        new DistanceHistograms(
            todo.ones.taps(), todo.ones.regions(), todo.settings.bins(), todo.settings.range());
    parts.forEach(part -> sum.merge(part.histograms()));
    requirePairs(sum, parts);
    return new Fitted(
        todo.settings.entropy().weights(sum, todo.ones.levels(), todo.taps()), sum, parts);
  }

  private static void requirePairs(DistanceHistograms sum, List<WeighTask.Gathered> parts) {
    for (Pairs pairs : Pairs.values()) {
      if (sum.pairs(pairs) == 0) {
        throw new JobFailedException(
            "There is no %s pair among the images that could be described (%,d could not), so"
                + " nothing can be weighed: give groups of more images (--groups), a list of both"
                + " kinds of pairs (--pairs), or neither, and copies are compared",
            pairs == Pairs.MATCHING ? "matching" : "non-matching",
            parts.stream().mapToLong(WeighTask.Gathered::rejected).sum());
      }
    }
  }

  @Override
  protected void verify(Todo todo, Fitted fitted) {
    long rejected = fitted.sum(WeighTask.Gathered::rejected);
    long described = fitted.sum(WeighTask.Gathered::described);
    if (rejected + described != todo.sample.images()) {
      throw new JobFailedException(
          "Books do not balance: %,d images looked at, %,d described, %,d rejected",
          todo.sample.images(), described, rejected);
    }
    Requirements.requireDescribed(
        context().settings(), rejected, todo.sample.images(), fitted.failures());
    if (fitted.weights.areAllZero()) {
      throw new JobFailedException(
          "No region tells matching from non-matching pairs (%,d of %,d are the same in all"
              + " images), so all weights would be 0: look at the images, weigh.range and the"
              + " backbone",
          constant(fitted), (long) todo.ones.taps() * todo.ones.regions());
    }
  }

  @Override
  protected void commit(Todo todo, Fitted fitted) {
    String weights = fitted.weights.toJson();
    String histograms = fitted.histograms.toJson();
    String all = weights + histograms + todo.inputs.byName();
    String id = Sha256.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    committed =
        new Artifacts(context().store())
            .commit(
                Layout.weights(id),
                new ArtifactDraft(id, "region weights", todo.inputs, context().run()),
                Map.of(
                    Weights.FILE, bytes(weights),
                    Weights.HISTOGRAMS, bytes(histograms),
                    Weights.PICTURE, bytes(WeightsPicture.svg(fitted.weights, todo.taps()))),
                name());
  }

  private static ByteSource bytes(String text) {
    return ByteSource.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  protected void report(Todo todo, Fitted fitted) {
    Console console = context().console();
    WeightTables.print(console, fitted.weights, todo.taps());
    long matching = fitted.sum(WeighTask.Gathered::matching);
    console.say(
        "  books: %,d images = %,d described + %,d rejected; %,d matching pairs, %,d non-matching",
        todo.sample.images(),
        fitted.sum(WeighTask.Gathered::described),
        fitted.sum(WeighTask.Gathered::rejected),
        matching,
        fitted.sum(WeighTask.Gathered::nonMatching));
    Requirements.examples(fitted.failures())
        .lines()
        .forEach(line -> console.say("  rejected: %s", line));
    leftOut(
        fitted.sum(WeighTask.Gathered::matchingLeft),
        "matching pairs beyond weigh.pairs-per-group");
    leftOut(
        fitted.sum(WeighTask.Gathered::nonMatchingLeft),
        "pairs across groups beyond weigh.non-matching");
    leftOut(fitted.sum(WeighTask.Gathered::lost), "named pairs with a rejected image");
    leftOut(constant(fitted), "regions are the same in all images, and have weight 0");
    leftOut(fitted.histograms.beyond(), "distances beyond weigh.range are in the last bin");
    if (matching < (long) FEW_PER_BIN * todo.settings.bins()) {
      console.say(
          "  warning: %,d matching pairs for %d bins are few, so chance has a large part in these"
              + " weights: measure what they do, or give more pairs",
          matching, todo.settings.bins());
    }
    console.say("  weights %s, drawn in %s", committed.id(), picture());
    console.say(
        "  to describe images by them: `%s`",
        context()
            .line("extract")
            .withoutSettings("weigh")
            .withSetting("extractor.region-weights", committed.id()));
  }

  private String picture() {
    return context().store().locate(committed.file(Weights.PICTURE).path());
  }

  private void leftOut(long count, String what) {
    if (count > 0) {
      context().console().say("  %s", String.format(Locale.ROOT, "%,d %s", count, what));
    }
  }

  private static long constant(Fitted fitted) {
    long constant = 0;
    for (int tap = 0; tap < fitted.weights.taps(); tap++) {
      for (int region = 0; region < fitted.weights.regions(); region++) {
        constant += fitted.histograms.isConstant(tap, region) ? 1 : 0;
      }
    }
    return constant;
  }

  @Override
  protected Counts books(Fitted fitted) {
    return new Counts()
        .add("described", fitted.sum(WeighTask.Gathered::described))
        .add("rejected", fitted.sum(WeighTask.Gathered::rejected))
        .add("matching", fitted.sum(WeighTask.Gathered::matching))
        .add("non-matching", fitted.sum(WeighTask.Gathered::nonMatching));
  }
}
