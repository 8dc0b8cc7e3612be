package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GraphOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.clean.CleanJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "clean",
    description = {
      "Tells labels that the images bear out from those that look wrong.",
      "Within each group, images match that are each a neighbour of the other in the k-NN graph"
          + " (knn) with an exact score of --threshold or more. The largest part of the group that"
          + " such pairs connect is kept; the rest is listed with a reason each. Nothing is"
          + " deleted: the verdicts are a table of Parquet files, which `files --table labels`"
          + " names, and train --clean and weigh --clean learn from what is kept.",
      ""
    },
    footer = {
      "",
      "Labels from subfolders, before region weights are trained by them:",
      "  remap knn --store STORE --name photos",
      "  remap clean --store STORE --name photos --groups .",
      "  remap train --store STORE --clean",
      "What it finds of labels that were made wrong is in docs/training.md."
    })
final class CleanCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private GraphOptions graph;

  @Option(
      names = "--groups",
      paramLabel = "FOLDER|FILE",
      description =
          "The labels: the folders below one of the catalogue (its own path, or '.' for all), or a"
              + " table with columns image_id and group.")
  private String groups;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description =
          "Instead of --groups: a list of pairs (CSV), as for weigh and train: what matching pairs"
              + " connect is a group.")
  private String pairs;

  @Option(
      names = "--threshold",
      paramLabel = "SCORE",
      description =
          "The least score of images that match (with embeddings.metric=l2 minus the largest"
              + " distance); auto: from where on neighbours of one group match more often"
              + " than not."
              + " Setting: clean.threshold.")
  private String threshold;

  @Override
  public Integer call() {
    graph.over(common);
    if ((groups == null) == (pairs == null)) {
      throw new InputException(
          "The labels are not clear: give either groups (--groups, '.' for the catalogue's folders)"
              + " or pairs (--pairs)");
    }
    common.with("clean.threshold", threshold);
    try (JobContext context = common.open("clean")) {
      new CleanJob(
              context,
              graph.generation(context),
              graph.graph(),
              Groups.labels(context, groups, pairs))
          .execute();
      return 0;
    }
  }
}
