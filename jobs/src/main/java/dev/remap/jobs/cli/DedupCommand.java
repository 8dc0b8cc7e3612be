package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GraphOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.dedup.DedupJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "dedup",
    description = {
      "Groups near copies among the images of an index, and says which one of each to keep.",
      "Two images are near copies if the k-NN graph (knn) has an edge between them with an exact"
          + " score of --threshold or more, or, where vectors are compared by L2, a distance of"
          + " --distance or less; a group is what such edges connect. Nothing is deleted:"
          + " the groups are a table of Parquet files, which `files --table duplicates` names, and"
          + " build --unique leaves out what is not kept.",
      ""
    })
final class DedupCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private GraphOptions graph;

  @Option(
      names = "--threshold",
      paramLabel = "SCORE",
      description =
          "The least score of near copies, above 0 and at most 1 (equal vectors). Setting:"
              + " dedup.threshold.")
  private Double threshold;

  @Option(
      names = "--distance",
      paramLabel = "L2",
      description =
          "Of vectors given with embeddings.metric=l2: the largest distance of near copies; 0: equal"
              + " vectors. Setting: dedup.distance.")
  private Double distance;

  @Option(
      names = "--keep",
      paramLabel = "RULE",
      description =
          "Which one of a group is kept: most-pixels (width times height), oldest (the files' times"
              + " of modification; not of files with an etag) or first-id (ids in the order of their"
              + " characters), which also decides between equal ones. Setting: dedup.keep.")
  private String keep;

  @Override
  public Integer call() {
    graph.over(common);
    common
        .with("dedup.threshold", threshold)
        .with("dedup.distance", distance)
        .with("dedup.keep", keep);
    try (JobContext context = common.open("dedup")) {
      new DedupJob(context, graph.generation(context), graph.graph()).execute();
      return 0;
    }
  }
}
