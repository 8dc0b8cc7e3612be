package dev.remap.jobs.cli.option;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import picocli.CommandLine.Option;

/** Whether a name that the store does not know is meant, or a slip. */
public final class NewIndexOption {
  @Option(
      names = "--new-index",
      description =
          "Make an index of this name in a store that has others; without, such a name is taken"
              + " for a slip.")
  private boolean isNew;

  /** Refuses the name of no index in a store that has some. */
  public void check(JobContext context) {
    if (!isNew && Generation.isUnknown(context)) {
      throw new InputException(
          "%s; --new-index makes another one", Generation.unknown(context).getMessage());
    }
  }
}
