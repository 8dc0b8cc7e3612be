package dev.remap.jobs.cli.option;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a command needs that has images of a snapshot looked at by a network. */
public final class NetworkOptions {
  @Option(
      names = "--snapshot",
      paramLabel = "N",
      converter = Ordinal.class,
      description = "Number of the snapshot; the newest by default.")
  private Integer snapshot;

  @Mixin private BackboneOption backbone;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "auto, cpu or gpu. Setting: extract.device.")
  private String device;

  /** As given; null if it was not. */
  public Integer snapshot() {
    return snapshot;
  }

  public void over(CommonOptions common) {
    backbone.over(common);
    common.with("extract.device", device);
  }
}
