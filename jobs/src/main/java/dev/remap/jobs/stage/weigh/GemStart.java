package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.core.pooling.GemAggregator.Gem;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Weights;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training of the aggregator gem: its exponents begin as the extractor's.
 *
 * @param exponents one for all channels, or one for each
 */
record GemStart(
    JobContext context,
    TrainSettings settings,
    ExtractorFiles files,
    HeadShape shape,
    List<Float> exponents)
    implements StartHead {

  static GemStart of(JobContext context, TrainSettings settings) {
    ExtractorFiles files = ExtractorFiles.atFirstScale(context.settings(), context.store());
    ExtractorSpec spec = files.spec();
    Tap last = spec.backbone().taps().get(0);
    Scale scale = spec.scales().get(0);
    HeadShape shape =
        HeadShape.ofCells(
            last.cells(scale.longSide()) * last.cells(scale.shortSide()), last.channels());
    List<Float> exponents =
        spec.aggregation() instanceof GemPerChannel perChannel
            ? perChannel(settings, perChannel.p())
            : Collections.nCopies(
                settings.has(Learnable.EXPONENTS) && !settings.hasOneExponent()
                    ? last.channels()
                    : 1,
                ((Gem) spec.aggregation()).p());
    return new GemStart(context, settings, files, shape, exponents);
  }

  private static List<Float> perChannel(TrainSettings settings, List<Float> exponents) {
    if (!settings.has(Learnable.EXPONENTS) || !settings.hasOneExponent()) {
      return exponents;
    }
    if (exponents.stream().distinct().count() > 1) {
      throw new InputException(
          "train.p is shared, but extractor.gem-p-file has exponents that differ: set train.p ="
              + " channel, or begin with extractor.gem-p");
    }
    return exponents.subList(0, 1);
  }

  @Override
  public Head of(TrainImages images, Split split) {
    images.reset();
    Head head = Head.of(shape, exponents);
    return settings.hasProjection()
        ? new StartProjection(context).behind(head, images, split)
        : head;
  }

  @Override
  public Head plain() {
    return Head.of(shape, List.of(1f));
  }

  @Override
  public String plainly() {
    return "p = 1";
  }

  @Override
  public String about() {
    return "%s of gem on %,d cells of %,d channels"
        .formatted(settings.learning(), shape.regions(), shape.dimension());
  }

  @Override
  public String parts() {
    return "maps";
  }

  @Override
  public String noun() {
    return "exponents";
  }

  @Override
  public Map<String, byte[]> kept(Head trained) {
    String json = new GemPerChannel(trained.exponents()).toJson();
    return Map.of(Weights.EXPONENTS, json.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void print(Console console, Head trained) {
    console.say("  p: %s", Weights.inWords(trained.exponents()));
  }

  @Override
  public List<Weights.Kind> kinds() {
    return List.of(Weights.Kind.EXPONENTS);
  }

  @Override
  public Optional<String> replaced() {
    return Optional.of("extractor.gem-p");
  }
}
