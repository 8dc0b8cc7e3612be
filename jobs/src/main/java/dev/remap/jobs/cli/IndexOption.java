package dev.remap.jobs.cli;

import picocli.CommandLine.Option;

/** Which index a command is about. */
final class IndexOption {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the index. Setting: index.name.")
  private String name;

  /** As given; null if it was not. */
  String name() {
    return name;
  }

  void over(CommonOptions common) {
    common.with("index.name", name);
  }
}
