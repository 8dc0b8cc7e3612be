package dev.remap.jobs.cli;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.table.IndexInputs;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "build",
    description = {
      "Builds the shards of an index, one Faiss IVF-PQ file per key range.",
      "The index is not live before it is published.",
      ""
    })
final class BuildCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Mixin private IndexOption index;

  @Mixin private NewIndexOption novelty;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "Number of shards; 0 chooses. Setting: index.shards.")
  private Integer shards;

  @Option(
      names = "--quantizer",
      paramLabel = "ID",
      description = "The quantizer to build with, where there are several.")
  private String quantizer;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "Build what is missing of this generation, from what it was begun with.")
  private Integer generation;

  @Override
  public Integer call() {
    backbone.over(common);
    if (generation != null && (quantizer != null || shards != null)) {
      throw new InputException(
          "--generation finishes what was begun, with its quantizer and number of shards: leave out"
              + " --quantizer and --shards");
    }
    index.over(common);
    common.with("index.shards", shards);
    try (JobContext context = common.open("build")) {
      novelty.check(context);
      BuildJob build =
          generation == null
              ? new BuildJob(context, IndexInputs.choose(context, quantizer))
              : BuildJob.ofBegun(context, generation);
      build.execute();
      return 0;
    }
  }
}
