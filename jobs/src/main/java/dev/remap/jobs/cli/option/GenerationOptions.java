package dev.remap.jobs.cli.option;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which index, and which of its generations. */
public final class GenerationOptions {
  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation whose images are meant; the newest by default.")
  private Integer generation;

  public void over(CommonOptions common) {
    index.over(common);
  }

  /** The generation that is meant. */
  public Generation generation(JobContext context) {
    return Generation.choose(context, generation);
  }
}
