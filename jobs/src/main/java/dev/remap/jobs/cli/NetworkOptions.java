package dev.remap.jobs.cli;

import picocli.CommandLine.Option;

/** What a command needs that has images of a snapshot looked at by a network. */
final class NetworkOptions {
  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description = "Number of the snapshot; the newest by default.")
  private Integer snapshot;

  @Option(
      names = "--backbone",
      paramLabel = "FOLDER",
      description = "Folder with backbone.pt and card.json. Setting: extractor.backbone.")
  private String backbone;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "auto, cpu or gpu. Setting: extract.device.")
  private String device;

  /** As given; null if it was not. */
  Integer snapshot() {
    return snapshot;
  }

  void over(CommonOptions common) {
    common.with("extractor.backbone", backbone).with("extract.device", device);
  }
}
