package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.LocalFile;
import dev.remap.jobs.report.Report;
import dev.remap.jobs.run.JobContext;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "report",
    description = {
      "Writes one HTML page about an index: what ran, what it finds, what was checked.",
      "The page is one file that opens from disk, and takes nothing from elsewhere. After `evaluate "
          + "--groups` it shows the worst, the middling and the best queries as rows of small "
          + "pictures, right and wrong hits in different frames.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The page that is written, or written anew.")
  private String out;

  @Option(
      names = "--no-pictures",
      description = "Without pictures of the images. Setting: report.pictures.")
  private boolean withoutPictures;

  @Override
  public Integer call() {
    index.over(common);
    common.with("report.pictures", withoutPictures ? false : null);
    Path file = LocalFile.of("--out", out);
    try (JobContext context = common.open("report")) {
      new Report(context, file).execute();
      return 0;
    }
  }
}
