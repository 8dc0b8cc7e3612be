package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.NewIndexOption;
import dev.remap.jobs.cli.option.Ordinal;
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
      "Builds the shards of an index, one Faiss IVF-PQ file per range of keys or lists.",
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
      names = "--layout",
      paramLabel = "WHAT",
      description =
          "What a shard holds: key, some images of all lists, or list, all images of some lists."
              + " Setting: index.layout.")
  private String layout;

  @Option(
      names = "--quantizer",
      paramLabel = "ID",
      description = "The quantizer to build with, where there are several.")
  private String quantizer;

  @Option(
      names = "--unique",
      description =
          "Leave out what dedup found and does not keep. Nights (reindex) cannot go on from such an"
              + " index.")
  private boolean unique;

  @Option(
      names = "--duplicates",
      paramLabel = "ID",
      description =
          "With --unique: the table of duplicates, where there are several; status has their ids.")
  private String duplicates;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "Build what is missing of this generation, from what it was begun with.")
  private Integer generation;

  @Override
  public Integer call() {
    backbone.over(common);
    if (generation != null && (quantizer != null || shards != null || layout != null || unique)) {
      throw new InputException(
          "--generation finishes what was begun, with its quantizer, shards and what is left out:"
              + " leave out --quantizer, --shards, --layout and --unique");
    }
    if (duplicates != null && !unique) {
      throw new InputException("--duplicates says what --unique leaves out: give it, too");
    }
    index.over(common);
    common.with("index.shards", shards);
    common.with("index.layout", layout);
    try (JobContext context = common.open("build")) {
      novelty.check(context);
      BuildJob build =
          generation == null
              ? new BuildJob(context, inputs(context))
              : BuildJob.ofBegun(context, generation);
      build.execute();
      return 0;
    }
  }

  private IndexInputs inputs(JobContext context) {
    IndexInputs all = IndexInputs.choose(context, quantizer);
    return unique ? all.unique(context, duplicates) : all;
  }
}
