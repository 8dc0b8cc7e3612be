package dev.remap.jobs.cli.option;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which generation of which index, and which of its k-NN graphs. */
public final class GraphOptions {
  @Mixin private GenerationOptions generation;

  @Option(
      names = "--graph",
      paramLabel = "ID",
      description =
          "The k-NN graph to look at, where the generation has several: status has their ids.")
  private String graph;

  public void over(CommonOptions common) {
    generation.over(common);
  }

  /** The generation that is meant. */
  public Generation generation(JobContext context) {
    return generation.generation(context);
  }

  /** The graph's id; null where there is only one. */
  public String graph() {
    return graph;
  }
}
