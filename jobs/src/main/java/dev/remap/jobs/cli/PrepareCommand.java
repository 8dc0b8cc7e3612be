package dev.remap.jobs.cli;

import dev.remap.core.rerank.RerankChain;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GraphOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.prepare.PrepareJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description = {
      "Writes what dba or diffusion takes of all images, so that searches need not make it.",
      "It is made from the k-NN graph (knn), as a table of Parquet files: of dba the augmented"
          + " vectors (`files --table augmented`), of diffusion what flows from each image to others"
          + " (`files --table flows`). `search` and `evaluate --rerank` with the same parameters read"
          + " it, and say so. It is of one generation: after a night it is stale, no search reads it"
          + " any more, and it is made for the new one, after its graph.",
      ""
    })
final class PrepareCommand implements Callable<Integer> {
  private static final String RERANK = "search.rerank";

  @Mixin private CommonOptions common;

  @Mixin private GraphOptions graph;

  @Option(
      names = "--rerank",
      paramLabel = "METHOD[:NAME=VALUE,…][+…]",
      description =
          "What follows searches, as search and evaluate take it: dba or diffusion in it is prepared,"
              + " with its parameters. Setting: search.rerank.")
  private String rerank;

  @Override
  public Integer call() {
    graph.over(common);
    common.with(RERANK, rerank);
    try (JobContext context = common.open("prepare")) {
      String said = context.settings().string(RERANK);
      RerankChain chain = said.equals("none") ? RerankChain.NONE : RerankChain.parse(said);
      new PrepareJob(context, graph.generation(context), chain, graph.graph()).execute();
      return 0;
    }
  }
}
