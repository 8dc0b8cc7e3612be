package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.embedding.EmbeddingCatalogue;
import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.GivenPath;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.parquet.ParquetImageCatalogue;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.tar.TarCatalogue;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import java.util.List;
import java.util.Locale;

/** The formats that a catalogue may have, and how one is chosen. */
public final class Catalogues {
  /** Formats with columns. */
  private static final List<String> TABLES =
      List.of("parquet", "parquet-images", "csv", "jsonl", "json", "embeddings");

  private Catalogues() {}

  /** The catalogue that the settings {@code catalogue.*} describe. */
  public static Catalogue of(Settings settings) {
    String uri = GivenPath.of(TableUris.withHadoopsName(settings.string("catalogue.uri")));
    if (uri.isBlank()) {
      throw new InputException("No catalogue given: use --catalogue FOLDER_OR_TABLE");
    }
    String format = settings.string("catalogue.format").toLowerCase(Locale.ROOT);
    List<String> extensions = settings.strings("catalogue.extensions");
    OutsideLinks links = OutsideLinks.of(settings);
    List<String> roots = settings.strings("catalogue.roots");
    TableColumns columns = TableColumns.of(settings);
    int dimension = settings.integer("embeddings.dimension", 0, EmbeddingCatalogue.MOST_COMPONENTS);
    String kind = !format.equals("auto") ? format : dimension > 0 ? "embeddings" : formatOf(uri);
    if (columns.areNamed() && !TABLES.contains(kind)) {
      throw new InputException(
          "catalogue.columns names columns, but catalogue %s (format %s) is no table: leave it out",
          uri, kind);
    }
    if ((dimension > 0) != kind.equals("embeddings")) {
      throw new InputException(
          dimension > 0
              ? "embeddings.dimension is %d, so the catalogue has vectors, but catalogue %s is of"
                  + " format %s: give --format embeddings, or --set embeddings.dimension=0"
              : "catalogue.format is embeddings, and embeddings.dimension does not say how many"
                  + " components its vectors have",
          dimension,
          uri,
          kind);
    }
    return switch (kind) {
      case "folder" -> new FolderCatalogue(uri, extensions, links);
      case "webdataset" -> new TarCatalogue(uri, TarCatalogue.Layout.WEBDATASET, extensions, links);
      case "img2dataset" ->
          new TarCatalogue(uri, TarCatalogue.Layout.IMG2DATASET, extensions, links);
      case "parquet" -> new TableCatalogue(uri, TableFormat.PARQUET, columns, roots, links);
      case "parquet-images" -> new ParquetImageCatalogue(uri, columns, links);
      case "csv" -> new TableCatalogue(uri, TableFormat.CSV, columns, roots, links);
      case "jsonl", "json" ->
          new TableCatalogue(uri, TableFormat.JSON_LINES, columns, roots, links);
      case "embeddings" -> EmbeddingCatalogue.of(settings, uri);
      case "inventory" ->
          new InventoryCatalogue(
              uri, extensions, settings.strings("catalogue.inventory-columns"), roots);
      default ->
          throw new InputException(
              "catalogue.format is %s: it must be auto, folder, webdataset, img2dataset, parquet,"
                  + " parquet-images, csv, jsonl, inventory or embeddings",
              format);
    };
  }

  private static String formatOf(String uri) {
    if (InventoryFiles.isList(uri)) {
      return "inventory";
    }
    String name = uri.toLowerCase(Locale.ROOT).replaceFirst("/+$", "");
    if (name.endsWith(".tar")) {
      return "webdataset";
    }
    for (TableFormat format : TableFormat.values()) {
      if (format.isNamedBy(name)) {
        return format.format();
      }
    }
    return "folder";
  }
}
