package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CatalogueOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.NewIndexOption;
import dev.remap.jobs.cli.option.Retraining;
import dev.remap.jobs.night.Reindex;
import dev.remap.jobs.run.JobContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "reindex",
    description = {
      "Brings a published index up to date with its catalogue.",
      "Lists it, describes and projects what was added or changed, takes out what is "
          + "gone, merges the shards, checks and publishes a new generation, and compacts what "
          + "has grown many layers. Does nothing if nothing has changed; runs all stages if "
          + "nothing is published yet.",
      ""
    })
final class ReindexCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Mixin private CatalogueOption catalogue;

  @Mixin private IndexOption index;

  @Mixin private NewIndexOption novelty;

  @Option(
      names = "--retrain",
      arity = "0..1",
      paramLabel = "HOW",
      fallbackValue = Retraining.COLD,
      converter = Retraining.class,
      completionCandidates = Retraining.class,
      description =
          "Train anew from the stored descriptors, also if the catalogue has not changed: for when"
              + " what was added since looks different. cold, which is meant without a value, fits"
              + " the whitening and trains the quantizer from the beginning; warm keeps the"
              + " whitening, and trains the quantizer from where the live one is, in less time.")
  private Reindex.Training training = Reindex.Training.KEPT;

  @Option(
      names = "--force",
      description =
          "Publish in spite of failed checks of quality; recorded. Setting: publish.force.")
  private Boolean force;

  @Override
  public Integer call() {
    backbone.over(common);
    catalogue.over(common);
    index.over(common);
    common.with("publish.force", force);
    try (JobContext context = common.create("reindex")) {
      novelty.check(context);
      new Reindex(context, Reindex.RetryScope.WITH_CHANGES, training).execute();
      return 0;
    }
  }
}
