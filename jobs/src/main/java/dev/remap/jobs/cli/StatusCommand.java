package dev.remap.jobs.cli;

import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.StatusJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = {
      "Shows what the store holds: snapshots, descriptors, vectors, quantizers, indexes, rejects.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--rejects", description = "List the rejected images of the newest snapshot.")
  private boolean rejects;

  @Override
  public Integer call() {
    try (JobContext context = common.open("status")) {
      new StatusJob(context, rejects ? StatusJob.Detail.REJECTS : StatusJob.Detail.SUMMARY)
          .execute();
      return 0;
    }
  }
}
