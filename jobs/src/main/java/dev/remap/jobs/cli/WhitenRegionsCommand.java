package dev.remap.jobs.cli;

import dev.remap.core.pooling.RegionsToWhiten;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.NetworkOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.whiten.RegionFitJob;
import dev.remap.jobs.table.RegionWhitenings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = RegionWhitenings.COMMAND,
    description = {
      "Fits a PCA whitening to the regions of images.",
      "It is for aggregators that project each region. A sample of the newest snapshot "
          + "is looked at once, at the first of the scales; only sums leave a task. The "
          + "whitening goes into the store; an extractor takes it by its id.",
      ""
    },
    footer = {
      "",
      "A whitening for DIR's way with R-MAC, its 20 regions at three levels (its last",
      "line is the command that describes images by it):",
      "  remap whiten-regions --store STORE --for dir --set extractor.levels=3"
    })
final class WhitenRegionsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private NetworkOptions network;

  @Option(
      names = "--for",
      required = true,
      paramLabel = "AGGREGATOR",
      description =
          "dir (regions of length one) or regional-attention (maxima as they are); its other"
              + " settings count, too. Setting: extractor.aggregator.")
  private String aggregator;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description =
          "Dimension of projected regions; 0 keeps all that the regions span. Setting:"
              + " whitening.dimension.")
  private Integer dimension;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "How many images are looked at, at the most (default: 10000).")
  private Integer images;

  @Override
  public Integer call() {
    if (!RegionsToWhiten.aggregators().contains(aggregator)) {
      throw new InputException(
          "--for is '%s', which whitens no regions: it must be %s",
          aggregator, String.join(" or ", RegionsToWhiten.aggregators()));
    }
    network.over(common);
    common.with("extractor.aggregator", aggregator).with("whitening.dimension", dimension);
    if (dimension == null) {
      // What the store remembers is of the vectors' whitening.
      common.withDefault("whitening.dimension", 0);
    }
    try (JobContext context = common.open(RegionWhitenings.COMMAND)) {
      new RegionFitJob(context, network.snapshot(), images == null ? RegionFitJob.IMAGES : images)
          .execute();
      return 0;
    }
  }
}
