package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import java.util.concurrent.Callable;
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

  @Option(names = "--rejects", description = "List the rejected images one by one.")
  private boolean rejects;

  private StatusPrinter.Detail detail() {
    if (rejects && common.json()) {
      throw new InputException(
          "--rejects and --json are mutually exclusive: `files --table rejects` names the files of"
              + " all of them");
    }
    return common.json()
        ? StatusPrinter.Detail.JSON
        : rejects ? StatusPrinter.Detail.REJECTS : StatusPrinter.Detail.SUMMARY;
  }

  @Override
  public Integer call() {
    StatusPrinter.Detail detail = detail();
    try (JobContext context = common.openSaying("status")) {
      new StatusPrinter(context, detail).execute();
      return 0;
    }
  }
}
