package dev.remap.jobs.cli;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = {
      "Shows what the store holds, what ran last, and what a night would do.",
      "It holds layers, quantizers, generations and rejected images. Also tells how the "
          + "last plan went. What a night would do is told as far as the store knows.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @ArgGroup private Output output = new Output();

  private static final class Output {
    @Option(names = "--rejects", description = "List the rejected images one by one.")
    private boolean rejects;

    @Option(names = "--json", description = "Print one JSON object instead, for monitoring.")
    private boolean json;

    StatusPrinter.Detail detail() {
      return json
          ? StatusPrinter.Detail.JSON
          : rejects ? StatusPrinter.Detail.REJECTS : StatusPrinter.Detail.SUMMARY;
    }
  }

  @Override
  public Integer call() {
    try (JobContext context = common.open("status")) {
      new StatusPrinter(context, output.detail()).execute();
      return 0;
    }
  }
}
