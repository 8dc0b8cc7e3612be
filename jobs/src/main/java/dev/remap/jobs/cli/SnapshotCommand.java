package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CatalogueOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "snapshot",
    description = {
      "Lists a catalogue into the store, one row per image.",
      "A row has key, id, URI and version. A catalogue that has not changed since the "
          + "last snapshot gives no new one.",
      ""
    })
final class SnapshotCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private CatalogueOption catalogue;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "auto, folder, webdataset, img2dataset, parquet, parquet-images, csv, jsonl or inventory."
              + " Setting: catalogue.format, which conf/remap.conf explains.")
  private String format;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description =
          "Finish or mend this earlier snapshot; the catalogue must list what it listed then.")
  private Integer number;

  @Override
  public Integer call() {
    catalogue.over(common);
    common.with("catalogue.format", format);
    try (JobContext context = common.create("snapshot")) {
      SnapshotJob job =
          number == null ? new SnapshotJob(context) : SnapshotJob.again(context, number);
      job.execute();
      return 0;
    }
  }
}
