package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GroupsOption;
import dev.remap.jobs.cli.option.NetworkOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.weigh.WeighJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "weigh",
    description = {
      "Fits the weights of remap's regions to images that match and that do not.",
      "How far apart the vectors of a region are is counted for both kinds of pairs; the "
          + "more the counts differ (relative entropy), the more weight the region has. Of "
          + "several scales only the first is looked at; its weights serve all. They go into "
          + "the store, with the counts and a drawing; an extractor takes them by their id.",
      ""
    },
    footer = {
      "",
      "Weights from the subfolders of the catalogue, each of which shows one thing:",
      "  remap weigh --store STORE --groups .",
      "  remap extract --store STORE --set extractor.region-weights=ID",
      "Weights without labels, from distorted copies of 500 images:",
      "  remap weigh --store STORE --set weigh.images=4500",
      "They help on images like those they are fitted to: see docs/weigh.md, measure."
    })
final class WeighCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private NetworkOptions network;

  @Mixin private GroupsOption labels;

  @Override
  public Integer call() {
    network.over(common);
    labels.requireOne();
    try (JobContext context = common.open("weigh")) {
      Integer snapshot = network.snapshot();
      new WeighJob(context, snapshot, labels.labels(context, snapshot)).execute();
      return 0;
    }
  }
}
