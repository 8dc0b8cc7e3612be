package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.entropy.DistanceHistograms;
import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.entropy.WeightsPicture;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator.Remap;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Weights;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training of region weights: they begin at 1, by relative entropy as {@code weigh} fits them,
 * or as those of the extractor.
 *
 * @param files the extractor with weights of 1
 * @param ones weights of 1
 * @param given those of the extractor
 */
record RegionStart(
    JobContext context,
    TrainSettings settings,
    WeighSettings weigh,
    ExtractorFiles files,
    RegionWeights ones,
    RegionWeights given)
    implements StartHead {

  static RegionStart of(JobContext context, TrainSettings settings, WeighSettings weigh) {
    ExtractorFiles files = ExtractorFiles.unweighted(context.settings(), context.store());
    RegionWeights ones = ((Remap) files.spec().aggregation()).weights();
    return new RegionStart(context, settings, weigh, files, ones, given(context, settings, ones));
  }

  /** Weights of the extractor, which must be of the same grid. */
  private static RegionWeights given(
      JobContext context, TrainSettings settings, RegionWeights ones) {
    if (!settings.start().equals(TrainSettings.EXTRACTOR)) {
      return ones;
    }
    RegionWeights given =
        ((Remap) ExtractorFiles.spec(context, context.settings()).aggregation()).weights();
    Requirements.requireSameGrid(given, ones);
    return given;
  }

  private List<Tap> taps() {
    return files.spec().backbone().taps();
  }

  private List<String> names() {
    return taps().stream().map(Tap::name).toList();
  }

  @Override
  public HeadShape shape() {
    return HeadShape.ofVectors(
        ones.levels(), ones.regions(), taps().stream().map(Tap::channels).toList());
  }

  @Override
  public Head of(TrainImages images, Split split) {
    images.reset();
    RegionWeights weights =
        switch (settings.start()) {
          case TrainSettings.ENTROPY -> entropy(images, split);
          case TrainSettings.EXTRACTOR -> given;
          default -> ones;
        };
    Head head = Head.of(shape(), normalised(weights));
    return settings.hasProjection()
        ? new StartProjection(context).behind(head, images, split)
        : head;
  }

  @Override
  public Head plain() {
    return Head.of(shape(), ones);
  }

  @Override
  public String plainly() {
    return "ones";
  }

  @Override
  public String about() {
    return "%s of %d regions of %d taps"
        .formatted(settings.learning(), ones.regions(), taps().size());
  }

  @Override
  public String parts() {
    return "region vectors";
  }

  @Override
  public String noun() {
    return "region weights";
  }

  @Override
  public Inputs with(Inputs inputs) {
    return settings.start().equals(TrainSettings.EXTRACTOR)
        ? inputs.with("start", Sha256.hex(bytes(given.toJson())))
        : inputs;
  }

  @Override
  public Map<String, byte[]> kept(Head trained) {
    RegionWeights weights = trained.weights();
    return Map.of(
        Weights.FILE,
        bytes(weights.toJson()),
        Weights.PICTURE,
        bytes(WeightsPicture.svg(weights, names())));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void print(Console console, Head trained) {
    WeightTables.print(console, trained.weights(), names());
  }

  @Override
  public List<Weights.Kind> kinds() {
    return List.of(Weights.Kind.REGIONS);
  }

  @Override
  public Optional<String> replaced() {
    return Optional.of("extractor.levels");
  }

  /** With a mean of 1, so that learning rates mean the same; only ratios matter to descriptors. */
  static RegionWeights normalised(RegionWeights weights) {
    float[][] perTap = weights.perTap();
    double sum = 0;
    for (float[] row : perTap) {
      for (float weight : row) {
        sum += weight;
      }
    }
    double mean = sum / (weights.taps() * weights.regions());
    for (float[] row : perTap) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (row[i] / mean);
      }
    }
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, weights.levels(), perTap);
  }

  private RegionWeights entropy(TrainImages images, Split split) {
    BitSet training = new BitSet();
    for (int image : split.training()) {
      training.set(image);
    }
    DistanceHistograms histograms =
        new DistanceHistograms(taps().size(), ones.regions(), weigh.bins(), weigh.range());
    float[] one = new float[images.regions().shape().length()];
    float[] other = new float[one.length];
    int from = 0;
    for (WeighPart part : images.parts()) {
      int first = from;
      for (WeighPart.Listed pair :
          new PartPairs(part, weigh.seed(), place -> training.get(first + place))
              .choose(weigh.pairsPerGroup())
              .pairs()) {
        images.regions().read(first + pair.first(), one);
        images.regions().read(first + pair.second(), other);
        WeighTask.add(histograms, pair.pairs(), taps(), ones.regions(), one, other);
      }
      from += part.images().size();
    }
    if (histograms.pairs(Pairs.MATCHING) == 0 || histograms.pairs(Pairs.NON_MATCHING) == 0) {
      throw new JobFailedException(
          "train.start is entropy, but the images that are learnt from have no pair of both kinds"
              + " in one task of weigh.images-per-task images: raise that, or start from ones");
    }
    RegionWeights weights = weigh.entropy().weights(histograms, ones.levels(), names());
    if (weights.areAllZero()) {
      throw new JobFailedException(
          "train.start is entropy, but no region tells matching from non-matching pairs: start from"
              + " ones");
    }
    return weights;
  }
}
