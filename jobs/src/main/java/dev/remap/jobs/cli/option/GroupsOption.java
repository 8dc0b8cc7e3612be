package dev.remap.jobs.cli.option;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.CleanLabels;
import dev.remap.jobs.sample.Labels;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which images match, for commands that learn from those, or else from distorted copies. */
public final class GroupsOption {
  @Option(
      names = "--groups",
      paramLabel = "FOLDER|FILE",
      description =
          "Images of one group match, others do not. Groups are the folders below one of the"
              + " catalogue (its own path, or '.' for all), or a table with columns image_id and"
              + " group. Where nothing says which images match, they match their own distorted"
              + " copies.")
  private String groups;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description =
          "A list of pairs (CSV): two image ids, and 1 if they match or 0 if not;"
              + " without a third field they match. What matching pairs connect is a group: train"
              + " learns from that; weigh looks at the pairs themselves, and at images of other"
              + " groups where no pair is said not to match.")
  private String pairs;

  @Option(
      names = "--clean",
      arity = "0..1",
      paramLabel = "ID",
      fallbackValue = CleanLabels.AUTO,
      description =
          "Instead of --groups: the groups that clean has looked at, without the images that it"
              + " left out; ID says which table, where there are several.")
  private String clean;

  /**
   * What was given.
   *
   * @param snapshot whose images are meant; null for the newest
   */
  public Labels labels(JobContext context, Integer snapshot) {
    return clean == null
        ? Groups.labels(context, groups, pairs)
        : new Labels(null, null, CleanLabels.choose(context, snapshot, clean));
  }

  /** Refuses more than one that says it. */
  public void requireOne() {
    if (Stream.of(groups, pairs, clean).filter(Objects::nonNull).count() > 1) {
      throw new InputException(
          "--groups, --pairs and --clean each say which images match: give one of them");
    }
  }
}
