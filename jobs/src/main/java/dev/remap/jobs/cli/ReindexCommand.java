package dev.remap.jobs.cli;

import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.Reindex;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "reindex",
    description = {
      "Brings a published index up to date with its catalogue: lists it, describes and projects what",
      "was added or changed, takes out what is gone, builds, checks and publishes a new generation.",
      "Does nothing if nothing has changed; runs all stages if nothing is published yet.",
      ""
    })
final class ReindexCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--catalogue",
      paramLabel = "URI",
      description = "As for snapshot. Setting: catalogue.uri.")
  private String catalogue;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the index. Setting: index.name.")
  private String name;

  @Option(
      names = "--retry",
      description =
          "Try images that could not be reached again also if the catalogue has not changed; with a"
              + " changed one they always are.")
  private boolean retry;

  @Option(
      names = "--force",
      description =
          "Publish in spite of failed checks of quality; recorded. Setting: publish.force.")
  private Boolean force;

  @Override
  public Integer call() {
    common.with("catalogue.uri", catalogue).with("index.name", name).with("publish.force", force);
    try (JobContext context = common.create("reindex")) {
      new Reindex(context, retry ? Reindex.Retry.NOW : Reindex.Retry.WITH_CHANGES).execute();
      return 0;
    }
  }
}
