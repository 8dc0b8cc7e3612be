package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.LocalFile;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.upkeep.merge.MergeJob;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "merge",
    description = {
      "Writes the shards of an index into one Faiss file, for who serves one.",
      "The file is the shard that would have been built from all vectors, to the byte, and lies on "
          + "this machine. It is written list by list, in memory that does not grow with the "
          + "entries; the folder must have room for the shards twice. The ids inside are keys: the tables "
          + "of vectors (files --table vectors) have key and image id in each row.",
      ""
    })
final class MergeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation that is merged; the live one by default.")
  private Integer generation;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file that is written; it must not exist.")
  private String out;

  @Option(
      names = "--parts",
      paramLabel = "N",
      defaultValue = "1",
      description = "Write so many, of about as many shards each: NAME-1.faiss and so on.")
  private int parts;

  @Override
  public Integer call() {
    index.over(common);
    Path file = LocalFile.of("--out", out);
    try (JobContext context = common.open("merge")) {
      Generation chosen =
          generation == null ? Generation.live(context) : Generation.choose(context, generation);
      new MergeJob(context, chosen, file, parts).execute();
      return 0;
    }
  }
}
