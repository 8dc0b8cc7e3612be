package dev.remap.jobs.cli;

import dev.remap.jobs.job.FilesJob;
import dev.remap.jobs.job.JobContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "files",
    description = {
      "Prints the committed files of a table, one path a line, for other readers of Parquet.",
      ""
    })
final class FilesCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "NAME",
      description = "snapshot, descriptors, moments, rejects, vectors or shards.")
  private String table;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      description = "Number of the snapshot; the newest complete one by default.")
  private Integer snapshot;

  @Override
  public Integer call() {
    try (JobContext context = common.open("files")) {
      new FilesJob(context, table, snapshot).execute();
      return 0;
    }
  }
}
