package dev.remap.jobs.cli;

import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.compact.CompactJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "compact",
    description = {
      "Writes the layers that nights have left as one, in the tables that the live index rests on,",
      "where the settings compact.* call for it. Every night does so by itself.",
      ""
    })
final class CompactCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(names = "--full", description = "All layers into one, whatever the thresholds say.")
  private boolean full;

  @Override
  public Integer call() {
    index.over(common);
    try (JobContext context = common.open("compact")) {
      CompactJob.run(context, full ? CompactJob.Depth.FULL : CompactJob.Depth.AS_NEEDED);
      return 0;
    }
  }
}
