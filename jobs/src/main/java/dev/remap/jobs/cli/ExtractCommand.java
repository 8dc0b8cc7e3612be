package dev.remap.jobs.cli;

import dev.remap.core.pooling.AggregationKind;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.NetworkOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.table.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "extract",
    footerHeading = "%nAggregators (setting extractor.aggregator):%n",
    description = {
      "Describes every image of a snapshot by a vector.",
      "By REMAP, unless extractor.aggregator is another. Images that cannot be described "
          + "become rejects with their reason.",
      ""
    })
final class ExtractCommand implements Callable<Integer> {
  private static final int WIDTH = 80;

  @Spec
  void spec(CommandSpec spec) {
    int longest = AggregationKind.all().stream().mapToInt(k -> k.name().length()).max().orElse(0);
    spec.usageMessage()
        .footer(
            AggregationKind.all().stream()
                .flatMap(kind -> wrapped("  %-" + longest + "s  ", kind.name(), kind.about()))
                .toArray(String[]::new));
  }

  /** A name and what it is, in as many lines of a terminal as that takes. */
  private static Stream<String> wrapped(String format, String name, String about) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(format.formatted(name).stripTrailing());
    int left = format.formatted(name).length();
    String gap = " ".repeat(left - line.length());
    for (String word : about.split(" ", -1)) {
      if (line.length() + gap.length() + word.length() >= WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder();
        gap = " ".repeat(left);
      }
      line.append(gap).append(word);
      gap = " ";
    }
    lines.add(line.toString());
    return lines.stream();
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
