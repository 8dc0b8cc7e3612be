package dev.remap.jobs.cli.option;

import picocli.CommandLine.Option;

/** Which index a command is about. */
public final class IndexOption {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the index. Setting: index.name.")
  private String name;

  /** As given; null if it was not. */
  public String name() {
    return name;
  }

  public void over(CommonOptions common) {
    common.with("index.name", name);
  }
}
