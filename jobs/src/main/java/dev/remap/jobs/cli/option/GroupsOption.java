package dev.remap.jobs.cli.option;

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

  /** As given; null if it was not. */
  public String groups() {
    return groups;
  }
}
