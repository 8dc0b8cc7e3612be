package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.AttentionWeights;
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
import dev.remap.jobs.table.Weights;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The training of the aggregator regional-attention: its layers begin as the extractor's, or with
 * weights near 1. Its whitening of regions, if there is one, learns beside them or stays.
 *
 * @param files an extractor that has the regions as they are
 * @param begin the layers at first
 * @param whitening of regions
 */
record AttentionStart(
    JobContext context,
    TrainSettings settings,
    ExtractorFiles files,
    HeadShape shape,
    AttentionWeights begin,
    Optional<Whitening> whitening)
    implements StartHead {

  static AttentionStart of(JobContext context, TrainSettings settings) {
    Optional<Whitening> whitening = DirStart.given(context);
    if (whitening.isEmpty() && settings.has(Learnable.REGION_PROJECTION)) {
      throw DirStart.missing(context, settings);
    }
    RegionsToWhiten regions = ExtractorFiles.regionsToWhiten(context.settings(), context.store());
    ExtractorFiles files = ExtractorFiles.of(context.settings(), regions, context.store());
    Tap last = files.spec().backbone().taps().get(0);
    AttentionWeights begin =
        Weights.attention(context.settings(), context.store())
            .orElseGet(
                () ->
                    AttentionWeights.seeded(
                        regions.levels(),
                        last.channels(),
                        settings.attentionUnits(),
                        settings.seed()));
    try {
      begin.requireFits(last);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s", e.getMessage());
    }
    HeadShape shape = HeadShape.ofStatistics(regions.levels(), regions.regions(), last.channels());
    DirStart.requireFits(() -> Head.attended(shape, begin, whitening, false));
    return new AttentionStart(context, settings, files, shape, begin, whitening);
  }

  private boolean projectionLearns() {
    return settings.has(Learnable.REGION_PROJECTION);
  }

  @Override
  public Head of(TrainImages images, Split split) {
    images.reset();
    Head head = Head.attended(shape, begin, whitening, projectionLearns());
    return settings.hasProjection()
        ? new StartProjection(context).behind(head, images, split)
        : head;
  }

  @Override
  public Head plain() {
    AttentionWeights even = AttentionWeights.even(shape.levels(), shape.dimension());
    return Head.attended(shape, even, whitening, false);
  }

  @Override
  public String plainly() {
    return "ones";
  }

  @Override
  public String about() {
    return "%s of regional-attention, of %d regions of %,d channels by %d hidden units"
        .formatted(settings.learning(), shape.regions(), shape.dimension(), begin.output().length);
  }

  @Override
  public String parts() {
    return "maxima and means of regions";
  }

  @Override
  public String noun() {
    return "attention weights";
  }

  @Override
  public Inputs with(Inputs inputs) {
    Inputs more = inputs.with("attention-weights", Sha256.hex(json(begin)));
    return whitening.isEmpty()
        ? more
        : more.with(RegionWhitening.NAME, Sha256.hex(whitening.get().toBytes()));
  }

  private static byte[] json(AttentionWeights weights) {
    return weights.toJson().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Map<String, byte[]> kept(Head trained) {
    Map<String, byte[]> kept = new TreeMap<>();
    kept.put(Weights.ATTENTION, json(trained.attention()));
    if (projectionLearns()) {
      kept.put(Weights.REGION_WHITENING, trained.regionWhitening().orElseThrow().toBytes());
    }
    return kept;
  }

  @Override
  public void print(Console console, Head trained) {
    AttentionWeights now = trained.attention();
    console.say(
        "  attention: W₁ %s, w₂ %s",
        StartHead.moved(doubles(begin.hidden()), doubles(now.hidden())),
        StartHead.moved(doubles(begin.output()), doubles(now.output())));
    if (projectionLearns()) {
      DirStart.print(console, whitening.orElseThrow(), trained.regionWhitening().orElseThrow());
    }
  }

  private static double[] doubles(float[]... rows) {
    double[] doubles = new double[rows.length * rows[0].length];
    Arrays.setAll(doubles, i -> rows[i / rows[0].length][i % rows[0].length]);
    return doubles;
  }

  @Override
  public List<Weights.Kind> kinds() {
    return projectionLearns()
        ? List.of(Weights.Kind.ATTENTION, Weights.Kind.REGION_WHITENING)
        : List.of(Weights.Kind.ATTENTION);
  }

  @Override
  public Optional<String> replaced() {
    return Optional.of("extractor.levels");
  }
}
