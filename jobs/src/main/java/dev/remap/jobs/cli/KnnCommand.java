package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GenerationOptions;
import dev.remap.jobs.cli.option.ProbingOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.knn.KnnJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "knn",
    description = {
      "Finds the nearest images of every image of an index: its k-NN graph.",
      "Each searches the shards, and what it finds is ranked by the stored vectors, so scores are"
          + " exact. The graph is a table of Parquet files, which `files --table neighbors` names:"
          + " key, image id, and the neighbours' keys, ids and scores, nearest first. It is of one"
          + " generation: after a night it is made for the new one.",
      ""
    })
final class KnnCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private GenerationOptions generation;

  @Option(
      names = "-k",
      paramLabel = "K",
      description = "How many neighbours each image gets. Setting: knn.k.")
  private Integer k;

  @Mixin private ProbingOptions probing = new ProbingOptions();

  @Option(
      names = "--depth",
      paramLabel = "N",
      description =
          "How many of those found are ranked by their stored vectors, at least K. Setting:"
              + " knn.depth.")
  private Integer depth;

  @Override
  public Integer call() {
    generation.over(common);
    probing.over(common);
    common.with("knn.k", k).with("knn.depth", depth);
    try (JobContext context = common.open("knn")) {
      new KnnJob(context, generation.generation(context)).execute();
      return 0;
    }
  }
}
