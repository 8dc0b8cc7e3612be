package dev.remap.jobs.cli;

import dev.remap.core.pooling.AggregationKind;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.table.Snapshots;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "extract",
    footerHeading = "%nAggregators (setting extractor.aggregator):%n",
    description = {
      "Describes every image of a snapshot, by REMAP unless extractor.aggregator is another;",
      "images that cannot be described become rejects with their reason.",
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

  @Mixin private NetworkOptions network;

  @Override
  public Integer call() {
    network.over(common);
    try (JobContext context = common.open("extract")) {
      int chosen = new Snapshots(context.store()).choose(context, network.snapshot());
      if (network.snapshot() == null) {
        ExtractJob.finishEarlier(context, chosen);
      }
      new ExtractJob(context, chosen).execute();
      return 0;
    }
  }
}
