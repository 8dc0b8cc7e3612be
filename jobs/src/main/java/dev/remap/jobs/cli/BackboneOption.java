package dev.remap.jobs.cli;

import picocli.CommandLine.Option;

/** Which network an extractor has, for every command that chooses one by its settings. */
final class BackboneOption {
  @Option(
      names = "--backbone",
      paramLabel = "FOLDER",
      description =
          "Folder with backbone.pt and card.json; by default the one that the store remembers."
              + " Setting: extractor.backbone.")
  private String backbone;

  /** As given; null if it was not. */
  String backbone() {
    return backbone;
  }

  void over(CommonOptions common) {
    common.with("extractor.backbone", backbone);
  }
}
