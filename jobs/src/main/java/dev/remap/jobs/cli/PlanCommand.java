package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CatalogueOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.NewIndexOption;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.upkeep.plan.NightPlanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = {
      "Tells what the next reindex would do, and what it takes.",
      "Lists the catalogue and tells of units, bytes, time, memory and money, and how "
          + "wrong the last plan was. Runs nothing, and makes no store.",
      ""
    })
final class PlanCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Mixin private CatalogueOption catalogue;

  @Mixin private IndexOption index;

  @Mixin private NewIndexOption novelty;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Plan an index of so many images instead, and its nights; needs no catalogue.")
  private Long images;

  @Override
  public Integer call() {
    backbone.over(common);
    if (images != null && catalogue.uri() != null) {
      throw new InputException(
          "--images plans for so many images, whatever a catalogue lists: give it or --catalogue");
    }
    catalogue.over(common);
    index.over(common);
    try (JobContext context = common.look("plan")) {
      novelty.check(context);
      new NightPlanner(context, images).execute();
      return 0;
    }
  }
}
