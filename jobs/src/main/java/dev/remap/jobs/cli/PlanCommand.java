package dev.remap.jobs.cli;

import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.PlanJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = {
      "Lists the catalogue and tells what the next reindex would do: units, bytes, time, memory, money;",
      "and how wrong the last plan was. Runs nothing, and makes no store.",
      ""
    })
final class PlanCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--catalogue",
      paramLabel = "URI",
      description = "As for snapshot. Setting: catalogue.uri.")
  private String catalogue;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the index. Setting: index.name.")
  private String name;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Plan an index of so many images instead, and its nights; needs no catalogue.")
  private Long images;

  @Override
  public Integer call() {
    common.with("catalogue.uri", catalogue).with("index.name", name);
    try (JobContext context = common.look("plan")) {
      new PlanJob(context, images).execute();
      return 0;
    }
  }
}
