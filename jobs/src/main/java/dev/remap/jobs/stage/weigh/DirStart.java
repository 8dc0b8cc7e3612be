package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RegionWhitening;
import dev.remap.core.pooling.RegionsToWhiten;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Weights;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training of the aggregator dir: its projection of single regions begins as the extractor's.
 *
 * @param files an extractor that has the regions as they are
 * @param begin that regions are whitened by at first
 */
record DirStart(
    JobContext context,
    TrainSettings settings,
    ExtractorFiles files,
    HeadShape shape,
    Whitening begin)
    implements StartHead {

  static DirStart of(JobContext context, TrainSettings settings) {
    Whitening begin = given(context).orElseThrow(() -> missing(context, settings));
    RegionsToWhiten regions = ExtractorFiles.regionsToWhiten(context.settings(), context.store());
    ExtractorFiles files = ExtractorFiles.of(context.settings(), regions, context.store());
    Tap last = files.spec().backbone().taps().get(0);
    HeadShape shape =
        HeadShape.ofVectors(regions.levels(), regions.regions(), List.of(last.channels()));
    requireFits(() -> Head.whitened(shape, begin, false));
    return new DirStart(context, settings, files, shape, begin);
  }

  /** The whitening of regions that the settings name, if they do. */
  static Optional<Whitening> given(JobContext context) {
    try {
      return RegionWhitenings.of(context.settings(), context.store())
          .map(RegionWhitening::whitening);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s", e.getMessage());
    }
  }

  /** Finds before images are described what a head cannot be made of. */
  static void requireFits(Runnable head) {
    try {
      head.run();
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "extractor.region-whitening does not fit: %s. Fit one for these regions (%s)",
          e.getMessage(), RegionWhitenings.COMMAND);
    }
  }

  /** What to do where a training has no whitening to begin with. */
  static InputException missing(JobContext context, TrainSettings settings) {
    String aggregator = context.settings().string(Requirements.AGGREGATOR);
    return new InputException(
        "train.parts is %s, and extractor.region-whitening names nothing that the projection of"
            + " regions could begin as: `%s` makes it, and its last line has the id to give",
        settings.parts(),
        context
            .line(RegionWhitenings.COMMAND)
            .with("--for", aggregator)
            .withoutSettings("train")
            .withoutSettings("weigh")
            .withoutSetting(Requirements.AGGREGATOR));
  }

  @Override
  public Head of(TrainImages images, Split split) {
    images.reset();
    Head head = Head.whitened(shape, begin, settings.has(Learnable.REGION_PROJECTION));
    return settings.hasProjection()
        ? new StartProjection(context).behind(head, images, split)
        : head;
  }

  @Override
  public Head plain() {
    return Head.of(shape, RegionWeights.ones(1, shape.levels(), shape.regions()));
  }

  @Override
  public String plainly() {
    return "rmac";
  }

  @Override
  public String about() {
    return "%s of dir, of %d regions from %,d channels to %,d"
        .formatted(settings.learning(), shape.regions(), begin.inputDimension(), begin.dimension());
  }

  @Override
  public String parts() {
    return "region vectors";
  }

  @Override
  public String noun() {
    return "region projections";
  }

  @Override
  public Inputs with(Inputs inputs) {
    return inputs.with(RegionWhitening.NAME, Sha256.hex(begin.toBytes()));
  }

  @Override
  public Map<String, byte[]> kept(Head trained) {
    return Map.of(Weights.REGION_WHITENING, trained.regionWhitening().orElseThrow().toBytes());
  }

  @Override
  public void print(Console console, Head trained) {
    print(console, begin, trained.regionWhitening().orElseThrow());
  }

  /** Says how far a whitening has come. */
  static void print(Console console, Whitening begin, Whitening trained) {
    console.say(
        "  region projection: %,d channels to %,d, %s",
        begin.inputDimension(),
        begin.dimension(),
        StartHead.moved(begin.projection(), trained.projection()));
  }

  @Override
  public List<Weights.Kind> kinds() {
    return List.of(Weights.Kind.REGION_WHITENING);
  }

  @Override
  public Optional<String> replaced() {
    return Optional.empty();
  }
}
