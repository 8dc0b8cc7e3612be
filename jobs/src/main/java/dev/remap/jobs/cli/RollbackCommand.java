package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.RollbackJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rollback",
    description = {
      "Makes the generation live again that was live before.",
      "Checks that its files are whole. A new publication names it; nothing is deleted. "
          + "The next night on a changed catalogue judges and publishes again, so what was "
          + "wrong has to leave the catalogue before. A night that is at work publishes "
          + "nothing then.",
      ""
    })
final class RollbackCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "A generation that was live before; by default the previous one.")
  private Integer generation;

  @Override
  public Integer call() {
    index.over(common);
    try (JobContext context = common.open("rollback")) {
      new RollbackJob(context, generation).execute();
      return 0;
    }
  }
}
