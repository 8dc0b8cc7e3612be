package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.upkeep.status.CommittedFiles;
import java.util.Iterator;
import java.util.Optional;
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
  private static final String OF_GENERATIONS =
      "it is for shards, neighbors, duplicates, labels, augmented and flows";

  /** What the shell offers. */
  static final class Tables implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return TableKind.allRows().iterator();
    }
  }

  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "NAME",
      completionCandidates = Tables.class,
      description =
          "snapshot, descriptors, moments, rejects, vectors, shards, neighbors, duplicates, labels,"
              + " augmented or flows.")
  private String table;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description =
          "Number of the snapshot, for tables up to vectors; the newest that has the table by"
              + " default.")
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
      description =
          "The generation whose shards, or what was made from them, are meant; the newest by"
              + " default.")
  private Integer generation;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "Which of a generation's tables of neighbors, duplicates, labels, augmented or flows is"
              + " meant, where there are several: status has their ids.")
  private String id;

  @Override
  public Integer call() {
    backbone.over(common);
    index.over(common);
    requireMeaning();
    try (JobContext context = common.open("files")) {
      new CommittedFiles(context, table, snapshot, whitening, generation, id)
          .execute(common.json() ? CommittedFiles.Format.TABLE : CommittedFiles.Format.LINES);
      return 0;
    }
  }

  private void requireMeaning() {
    Optional<TableKind> kind = TableKind.ofRows(table);
    boolean isOfGenerations = kind.filter(TableKind::isOfGenerations).isPresent();
    if (isOfGenerations || kind.equals(Optional.of(TableKind.SHARDS))) {
      refuse("--snapshot", snapshot, "--name and --generation say which " + table);
      refuse("--backbone", backbone.backbone(), "--name and --generation say which " + table);
    } else {
      refuse("--generation", generation, OF_GENERATIONS);
      refuse("--name", index.name(), OF_GENERATIONS);
    }
    if (!isOfGenerations) {
      refuse("--id", id, "it is for neighbors, duplicates, labels, augmented and flows");
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
