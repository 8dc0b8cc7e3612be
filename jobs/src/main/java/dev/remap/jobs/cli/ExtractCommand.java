package dev.remap.jobs.cli;

import dev.remap.core.pooling.AggregationKind;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.table.Snapshots;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "extract",
    footerHeading = "%nAggregators (setting extractor.aggregator):%n",
    description = {
      "Describes every image of a snapshot by a REMAP descriptor; images that cannot be",
      "described become rejects with their reason.",
      ""
    })
final class ExtractCommand implements Callable<Integer> {
  @Spec
  void spec(CommandSpec spec) {
    int longest = AggregationKind.all().stream().mapToInt(k -> k.name().length()).max().orElse(0);
    spec.usageMessage()
        .footer(
            AggregationKind.all().stream()
                .map(kind -> ("  %-" + longest + "s  %s").formatted(kind.name(), kind.about()))
                .toArray(String[]::new));
  }

  @Mixin private CommonOptions common;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description = "Number of the snapshot; the newest by default.")
  private Integer snapshot;

  @Option(
      names = "--backbone",
      paramLabel = "FOLDER",
      description = "Folder with backbone.pt and card.json. Setting: extractor.backbone.")
  private String backbone;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "auto, cpu or gpu. Setting: extract.device.")
  private String device;

  @Override
  public Integer call() {
    common.with("extractor.backbone", backbone).with("extract.device", device);
    try (JobContext context = common.open("extract")) {
      int chosen = new Snapshots(context.store()).choose(context, snapshot);
      if (snapshot == null) {
        ExtractJob.finishEarlier(context, chosen);
      }
      new ExtractJob(context, chosen).execute();
      return 0;
    }
  }
}
