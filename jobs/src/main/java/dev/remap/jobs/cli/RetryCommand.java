package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CatalogueOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.night.Reindex;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "retry",
    description = {
      "Tries rejected images again, also if the catalogue has not changed.",
      "Those that could not be reached and, with --content, those whose content was at "
          + "fault (a newer decoder may read them). Otherwise as reindex, which tries "
          + "unreachable ones whenever the catalogue has changed.",
      ""
    })
final class RetryCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Mixin private CatalogueOption catalogue;

  @Mixin private IndexOption index;

  @Option(names = "--content", description = "Also images whose content was at fault.")
  private boolean content;

  @Override
  public Integer call() {
    backbone.over(common);
    catalogue.over(common);
    index.over(common);
    try (JobContext context = common.open("retry")) {
      if (Generation.isUnknown(context)) {
        throw Generation.unknown(context);
      }
      Reindex.RetryScope again = content ? Reindex.RetryScope.ALL : Reindex.RetryScope.UNREACHABLE;
      new Reindex(context, again, Reindex.Training.KEPT).execute();
      return 0;
    }
  }
}
