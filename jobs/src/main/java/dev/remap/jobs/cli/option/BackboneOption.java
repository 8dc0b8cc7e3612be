package dev.remap.jobs.cli.option;

import picocli.CommandLine.Option;

/** Which network an extractor has, for every command that chooses one by its settings. */
public final class BackboneOption {
  @Option(
      names = "--backbone",
      paramLabel = "FOLDER|ID",
      description =
          "Folder with backbone.pt and card.json, or weights that train --parts network made; by"
              + " default the network that the store remembers. Setting: extractor.backbone.")
  private String backbone;

  /** As given; null if it was not. */
  public String backbone() {
    return backbone;
  }

  public void over(CommonOptions common) {
    common.with("extractor.backbone", backbone);
  }
}
