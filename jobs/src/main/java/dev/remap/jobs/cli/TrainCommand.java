package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.GroupsOption;
import dev.remap.jobs.cli.option.NetworkOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.weigh.TrainJob;
import dev.remap.jobs.table.Weights;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = Weights.TRAIN,
    description = {
      "Trains what an aggregator has, a projection, and layers of the network.",
      "Images are described by tasks, and learnt from by a ranking loss on this machine, with the "
          + "hardest negatives of each epoch found by exact search. Some groups are held out, and "
          + "the epoch that finds them best is kept. What comes of it are ordinary region weights, "
          + "exponents, a region whitening or attention weights (and a whitening, and a network); a "
          + "killed training goes on after its last epoch.",
      ""
    },
    footer = {
      "",
      "Is it worth it? Five times on groups that it has not seen, beside ones:",
      "  remap train --store STORE --groups . --rehearse 5",
      "With a projection after the weights:",
      "  remap train --store STORE --groups . --parts alpha,projection",
      "The exponent of the aggregator gem:",
      "  remap train --store STORE --groups . --set extractor.aggregator=gem --parts p",
      "With regional-attention, what regions weigh (dir: see docs/training.md):",
      "  remap train --store STORE --groups . --parts attention \\",
      "    --set extractor.aggregator=regional-attention",
      "With the network itself (bin/export-backbone --trainable makes one):",
      "  remap train --store STORE --groups . --parts alpha,network",
      "How it learns is in the settings train.*; see docs/training.md."
    })
final class TrainCommand implements Callable<Integer> {
  private static final int MOST_REHEARSALS = 100;

  @Mixin private CommonOptions common;

  @Mixin private NetworkOptions network;

  @Mixin private GroupsOption labels;

  @Option(
      names = "--parts",
      paramLabel = "PART,…",
      split = ",",
      description =
          "What learns: alpha (region weights), p (exponents of the aggregator gem),"
              + " region-projection (of the aggregators dir and regional-attention), attention (of"
              + " regional-attention), projection, network (train.network says which layers), or"
              + " several of them: alpha,network. Setting: train.parts.")
  private List<String> parts;

  @Option(
      names = "--start",
      paramLabel = "NAME",
      description =
          "Weights to begin with: ones, entropy (as weigh fits them) or extractor"
              + " (extractor.region-weights). Setting: train.start.")
  private String start;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description = "triplet, triplet-squared, contrastive or ap. Setting: train.loss.")
  private String loss;

  @Option(
      names = "--distractors",
      paramLabel = "N",
      description =
          "So many images without a label, by chance: negatives are chosen among them, too, and"
              + " what is held out is searched for among them. Setting: train.distractors.")
  private String distractors;

  @Option(
      names = "--rehearse",
      paramLabel = "N",
      description =
          "First N times: train with some groups, and measure on others (train.test) that nothing"
              + " was chosen by (default: 0).")
  private int rehearsals;

  @Override
  public Integer call() {
    network.over(common);
    if (rehearsals < 0 || rehearsals > MOST_REHEARSALS) {
      throw new InputException(
          "--rehearse is %d: give how often, from 0 to %d", rehearsals, MOST_REHEARSALS);
    }
    labels.requireOne();
    common
        .with("train.parts", parts())
        .with("train.start", start)
        .with("train.loss", loss)
        .with("train.distractors", distractors);
    try (JobContext context = common.open(Weights.TRAIN)) {
      Integer snapshot = network.snapshot();
      new TrainJob(context, snapshot, labels.labels(context, snapshot), rehearsals).execute();
      return 0;
    }
  }

  private String parts() {
    if (parts == null) {
      return null;
    }
    return Set.copyOf(parts).equals(Set.of("alpha", "projection"))
        ? "both"
        : String.join(",", new TreeSet<>(parts));
  }
}
