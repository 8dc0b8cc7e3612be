package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.night.FreshWhitening;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Whitenings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "whiten",
    description = {
      "Fits a whitening to the descriptors and projects them to vectors.",
      "By PCA, or with labels a learned one (Lw), in which what differs between images "
          + "that match counts less.",
      ""
    },
    footer = {
      "",
      "Learned from the subfolders of the catalogue, each of which shows one thing:",
      "  remap whiten --store STORE --groups .",
      "Measure what it does on groups that it has not seen: see docs/descriptors.md."
    })
final class WhitenCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description = "Number of the snapshot; the newest described one by default.")
  private Integer snapshot;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description = "Dimension of the vectors; 0 chooses one. Setting: whitening.dimension.")
  private Integer dimension;

  @Option(
      names = {"--import", "--use"},
      paramLabel = "FILE",
      description =
          "Use this fitted whitening instead of fitting one: the file"
              + " whitenings/ID/whitening-*.bin of another store, or NumPy's .npz with mean (or m) and P: y = P (x - mean), a row of P for"
              + " each direction, normalised afterwards. So are learned whitenings brought in.")
  private String use;

  @Option(
      names = "--whitening",
      paramLabel = "ID",
      description = "Project by this whitening of the store instead of fitting one.")
  private String whitening;

  @Option(
      names = "--groups",
      paramLabel = "FOLDER|FILE",
      description =
          "Learn a whitening (Lw): images of one group match. Groups are the folders below one of"
              + " the catalogue (its own path, or '.' for all), or a table with columns image_id"
              + " and group. Settings: lw.")
  private String groups;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description =
          "Learn a whitening (Lw) from a list of pairs (CSV): two image ids that match,"
              + " the query first; rows with 0 in a third field are passed over.")
  private String pairs;

  @Override
  public Integer call() {
    backbone.over(common);
    common.with("whitening.dimension", dimension);
    requireOneSource();
    if (dimension != null && (use != null || whitening != null)) {
      throw new InputException(
          "--dimension is of a whitening that is fitted: leave it out, or --import and"
              + " --whitening");
    }
    try (JobContext context = common.open("whiten")) {
      if (whitening != null) {
        ArtifactManifest kept = Whitenings.choose(context.store(), whitening);
        new WhitenJob(context, Descriptors.choose(context, snapshot), kept).execute();
      } else if (use != null) {
        FreshWhitening.use(context, Descriptors.choose(context, snapshot), use);
      } else if (groups != null || pairs != null) {
        FreshWhitening.learn(
            context, Descriptors.choose(context, snapshot), Groups.labels(context, groups, pairs));
      } else {
        FreshWhitening.fit(context, Descriptors.choose(context, snapshot));
      }
      return 0;
    }
  }

  private void requireOneSource() {
    if (use != null && whitening != null) {
      throw new InputException("--import and --whitening each name a whitening: give one of them");
    }
    if (groups != null && pairs != null) {
      throw new InputException(
          "--groups and --pairs each say which images match: give one of them");
    }
    if ((groups != null || pairs != null) && (use != null || whitening != null)) {
      throw new InputException(
          "--groups and --pairs are for a whitening that is learned: leave them out, or --import"
              + " and --whitening");
    }
  }
}
