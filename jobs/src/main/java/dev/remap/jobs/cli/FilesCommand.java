package dev.remap.jobs.cli;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.upkeep.status.CommittedFiles;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "files",
    description = {
      "Prints the committed files of a table, for other readers of Parquet.",
      "One path a line.",
      ""
    })
final class FilesCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "NAME",
      description = "snapshot, descriptors, moments, rejects, vectors or shards.")
  private String table;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description =
          "Number of the snapshot, for all but shards; the newest that has the table by default.")
  private Integer snapshot;

  @Option(
      names = "--whitening",
      paramLabel = "ID",
      description = "The whitening whose vectors are meant, where there are several.")
  private String whitening;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation whose shards are meant; the newest by default.")
  private Integer generation;

  @Override
  public Integer call() {
    backbone.over(common);
    index.over(common);
    requireMeaning();
    try (JobContext context = common.open("files")) {
      new CommittedFiles(context, table, snapshot, whitening, generation)
          .execute(common.json() ? CommittedFiles.Format.TABLE : CommittedFiles.Format.LINES);
      return 0;
    }
  }

  private void requireMeaning() {
    if (table.equals(TableKind.SHARDS.rows())) {
      refuse("--snapshot", snapshot, "--name and --generation say which shards");
      refuse("--backbone", backbone.backbone(), "--name and --generation say which shards");
    } else {
      refuse("--generation", generation, "it is for shards");
      refuse("--name", index.name(), "it is for shards");
    }
    if (table.equals(TableKind.SNAPSHOTS.rows())) {
      refuse("--backbone", backbone.backbone(), "no network has made it");
    }
    if (!table.equals(TableKind.VECTORS.rows())) {
      refuse("--whitening", whitening, "it is for vectors");
    }
  }

  private void refuse(String option, Object value, String why) {
    if (value != null) {
      throw new InputException("%s does not choose %s: %s", option, table, why);
    }
  }
}
