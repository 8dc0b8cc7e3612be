package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** A set of images that can be listed at one time. */
public sealed interface Catalogue
    permits FolderCatalogue,
        TarCatalogue,
        TableCatalogue,
        ParquetImageCatalogue,
        InventoryCatalogue {
  /**
   * All images, each once, in no order, and counts of what was left out on purpose; listed on the
   * executors.
   */
  JavaRDD<Found> find(SparkSession spark);

  /** The images alone. */
  default JavaRDD<ListedImage> list(SparkSession spark) {
    return Found.images(find(spark));
  }

  /** What was looked for and not found where there are no images, for the message. */
  String wanted();

  /** Where it is, for messages. */
  String uri();

  /** The catalogue that the settings {@code catalogue.*} describe. */
  static Catalogue of(Settings settings) {
    String uri = TableUris.withHadoopsName(settings.string("catalogue.uri"));
    if (uri.isBlank()) {
      throw new InputException("No catalogue given: use --catalogue FOLDER_OR_TABLE");
    }
    String format = settings.string("catalogue.format").toLowerCase(Locale.ROOT);
    List<String> extensions = settings.strings("catalogue.extensions");
    OutsideLinks links = OutsideLinks.of(settings);
    List<String> roots = settings.strings("catalogue.roots");
    return switch (format.equals("auto") ? formatOf(uri) : format) {
      case "folder" -> new FolderCatalogue(uri, extensions, links);
      case "webdataset" -> new TarCatalogue(uri, TarCatalogue.Layout.WEBDATASET, extensions, links);
      case "img2dataset" ->
          new TarCatalogue(uri, TarCatalogue.Layout.IMG2DATASET, extensions, links);
      case "parquet" -> new TableCatalogue(uri, "parquet", roots, links);
      case "parquet-images" -> new ParquetImageCatalogue(uri, links);
      case "csv" -> new TableCatalogue(uri, "csv", roots, links);
      case "jsonl", "json" -> new TableCatalogue(uri, "json", roots, links);
      case "inventory" ->
          new InventoryCatalogue(
              uri, extensions, settings.strings("catalogue.inventory-columns"), roots);
      default ->
          throw new InputException(
              "catalogue.format is %s: it must be auto, folder, webdataset, img2dataset, parquet,"
                  + " parquet-images, csv, jsonl or inventory",
              format);
    };
  }

  private static String formatOf(String uri) {
    if (InventoryFiles.isList(uri)) {
      return "inventory";
    }
    String name = uri.toLowerCase(Locale.ROOT);
    if (name.endsWith(".tar")) {
      return "webdataset";
    }
    if (name.endsWith(".parquet")) {
      return "parquet";
    }
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return "csv";
    }
    return name.endsWith(".jsonl") || name.endsWith(".jsonl.gz") || name.endsWith(".json")
        ? "jsonl"
        : "folder";
  }
}
