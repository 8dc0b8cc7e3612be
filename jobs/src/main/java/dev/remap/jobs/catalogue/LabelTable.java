package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.table.ColumnChoice;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableFiles;
import dev.remap.jobs.catalogue.table.TableRow;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A table that says a word of each image, by its id. Rows are read as those of a catalogue's tables
 * are, one after another, and what is wrong with one is told with its place.
 */
public final class LabelTable {
  private static final String ID = "image_id";

  private final String uri;
  private final TableFormat format;
  private final OutsideLinks links;

  private LabelTable(String uri, TableFormat format, OutsideLinks links) {
    this.uri = uri;
    this.format = format;
    this.links = links;
  }

  /** Is given each row. */
  @FunctionalInterface
  public interface Each {
    /**
     * Of one row.
     *
     * @param label null or empty where the row has none
     * @param where the row's file and its place there
     */
    void accept(String imageId, String label, String where);
  }

  /** The file, or the folder of files, with a name that ends as tables' names do. */
  public static Optional<LabelTable> named(String uri, Settings settings) {
    String name = uri.toLowerCase(Locale.ROOT).replaceFirst("/+$", "");
    return Stream.of(TableFormat.values())
        .filter(format -> format.isNamedBy(name))
        .findFirst()
        .map(format -> new LabelTable(uri, format, OutsideLinks.of(settings)));
  }

  /**
   * Reads all rows.
   *
   * @param label the column of the words
   */
  public void read(JavaSparkContext spark, String label, Each each) {
    Configuration conf = spark.hadoopConfiguration();
    List<ListedImage> files =
        Found.images(new TableFiles(uri, format.endings(), links).find(spark)).collect().stream()
            .sorted(Comparator.comparing(ListedImage::uri))
            .toList();
    if (files.isEmpty()) {
      throw new InputException(
          "%s cannot be read as %s: it has no files that end in .%s",
          uri, format.format(), String.join(" or .", format.endings()));
    }
    ColumnChoice columns = (names, table) -> chosen(names, table, label);
    for (ListedImage file : files) {
      try (TableRows rows =
          TableRows.of(file.uri(), format.format(), () -> format.open(file, columns, conf))) {
        rows.forEachRemaining(row -> accept(row, each));
      }
    }
  }

  private static TableColumns.Chosen chosen(List<String> names, String table, String label) {
    for (String wanted : List.of(ID, label)) {
      if (names.stream().filter(wanted::equals).count() != 1) {
        throw new InputException(
            "%s needs the columns %s and %s, each once; it has %s",
            table, ID, label, TableColumns.listed(names));
      }
    }
    // A version may be of any type, as a label may be.
    return new TableColumns.Chosen(ID, null, label);
  }

  private static void accept(TableRow row, Each each) {
    if (row.imageId() == null || row.imageId().isEmpty()) {
      throw new InputException(
          "Table %s, has no id: complete it, or remove it, then run again", row.where());
    }
    each.accept(row.imageId(), row.version(), row.where());
  }
}
