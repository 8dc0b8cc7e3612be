package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.table.Generation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "publish",
    description = {
      "Checks the newest generation of an index, and makes it live.",
      "Compares it with the live one. Refuses one that is older than what is live, "
          + "unless --generation names it, and one that another run has overtaken meanwhile.",
      ""
    })
final class PublishCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description =
          "The generation to publish, also an older one; the newest by default. See also:"
              + " rollback.")
  private Integer generation;

  @Option(
      names = "--force",
      description =
          "Publish in spite of failed checks of quality; recorded. Setting: publish.force.")
  private Boolean force;

  @Override
  public Integer call() {
    index.over(common);
    common.with("publish.force", force);
    try (JobContext context = common.open("publish")) {
      Generation chosen = Generation.choose(context, generation);
      PublishJob.Purpose purpose =
          generation == null ? PublishJob.Purpose.NEWEST : PublishJob.Purpose.NAMED;
      new PublishJob(context, chosen, purpose).execute();
      return 0;
    }
  }
}
