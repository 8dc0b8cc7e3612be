package dev.remap.jobs.cli;

import dev.remap.jobs.config.InputException;
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
    description = {"Fits a PCA whitening to the descriptors and projects them to vectors.", ""})
final class WhitenCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

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
          "Use this fitted whitening instead of fitting one: a whitening.bin, also of another store,"
              + " or NumPy's .npz with mean (or m) and P: y = P (x - mean), a row of P for each"
              + " direction, normalised afterwards. So are learned whitenings brought in.")
  private String use;

  @Option(
      names = "--whitening",
      paramLabel = "ID",
      description = "Project by this whitening of the store instead of fitting one.")
  private String whitening;

  @Override
  public Integer call() {
    common.with("whitening.dimension", dimension);
    if (use != null && whitening != null) {
      throw new InputException("--import and --whitening each name a whitening: give one of them");
    }
    if (dimension != null && (use != null || whitening != null)) {
      throw new InputException(
          "--dimension is of a whitening that is fitted: leave it out, or --import and --whitening");
    }
    try (JobContext context = common.open("whiten")) {
      if (whitening != null) {
        ArtifactManifest kept = Whitenings.choose(context.store(), whitening);
        new WhitenJob(context, Descriptors.choose(context, snapshot), kept).execute();
      } else if (use != null) {
        FreshWhitening.use(context, Descriptors.choose(context, snapshot), use);
      } else {
        FreshWhitening.fit(context, Descriptors.choose(context, snapshot));
      }
      return 0;
    }
  }
}
