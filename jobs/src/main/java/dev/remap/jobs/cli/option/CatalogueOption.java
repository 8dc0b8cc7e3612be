package dev.remap.jobs.cli.option;

import picocli.CommandLine.Option;

/** Where the images are. */
public final class CatalogueOption {
  @Option(
      names = "--catalogue",
      paramLabel = "URI",
      description =
          "A folder of images, tar files, a table with columns image_id and uri (Parquet, CSV, JSON"
              + " lines) or with the images in it (Parquet), or an inventory of a bucket."
              + " Setting: catalogue.uri.")
  private String uri;

  /** As given; null if it was not. */
  public String uri() {
    return uri;
  }

  public void over(CommonOptions common) {
    common.with("catalogue.uri", uri);
  }
}
