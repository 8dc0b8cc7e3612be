package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A table of the objects of a bucket, as S3 Inventory writes it (CSV, ORC, Parquet): nobody lists
 * the bucket. The image id is the object's key, its version the entity tag.
 *
 * @param columns of a CSV without a header, in order
 * @param roots folders that its objects may lie in; none: any
 */
record InventoryCatalogue(
    String uri, List<String> extensions, List<String> columns, List<String> roots)
    implements Catalogue, Serializable {

  @Override
  public JavaRDD<Found> find(SparkSession spark) {
    String format = format();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    requireThere(hadoop);
    Roots allowed = Roots.of(roots, hadoop);
    Dataset<Row> table = format.equals("csv") ? csv(spark) : read(spark, format, false);
    boolean encoded = format.equals("csv") && !hasHeader(spark);
    List<Column> wanted = new ArrayList<>();
    wanted.add(column(table, "bucket"));
    wanted.add(column(table, "key"));
    wanted.add(orNull(table, "size").cast("long"));
    wanted.add(orNull(table, "etag"));
    wanted.add(orNull(table, "lastmodifieddate").cast("string"));
    Selection selection = Selection.of(extensions);
    return current(table)
        .select(wanted.toArray(Column[]::new))
        .javaRDD()
        .mapPartitions(
            rows ->
                LeftOut.counting(
                    rows,
                    (row, leftOut) ->
                        selection.takesPath(key(row, encoded), leftOut)
                            ? listed(row, encoded, allowed)
                            : null));
  }

  @Override
  public String wanted() {
    return "keys ending in " + String.join(", ", extensions) + " (setting catalogue.extensions)";
  }

  private String format() {
    String name = uri.toLowerCase(Locale.ROOT);
    return name.contains(".parquet") ? "parquet" : name.contains(".orc") ? "orc" : "csv";
  }

  private void requireThere(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileStatus[] found = path.getFileSystem(hadoop).globStatus(path);
      if (found == null || found.length == 0) {
        throw new InputException("Inventory %s does not exist: check --catalogue", uri);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Inventory %s cannot be read: %s", uri, e.getMessage());
    }
  }

  private Dataset<Row> read(SparkSession spark, String format, boolean header) {
    try {
      return spark
          .read()
          .option("header", header)
          .option("escape", "\"")
          .option("mode", "FAILFAST")
          .format(format)
          .load(uri);
    } catch (Exception e) {
      // Spark's own exception is checked, but comes out of methods that do not declare it.
      throw unreadable(format, e);
    }
  }

  private InputException unreadable(String format, Exception failure) {
    return new InputException(
        "Inventory %s cannot be read as %s: %s", uri, format, InputException.reason(failure));
  }

  private boolean hasHeader(SparkSession spark) {
    List<String> first =
        read(spark, "csv", false).limit(1).collectAsList().stream()
            .flatMap(row -> names(row).stream())
            .toList();
    return first.contains("bucket") && first.contains("key");
  }

  private static List<String> names(Row row) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      names.add(plain(String.valueOf(row.get(i))));
    }
    return names;
  }

  private Dataset<Row> csv(SparkSession spark) {
    if (hasHeader(spark)) {
      return read(spark, "csv", true);
    }
    Dataset<Row> table = read(spark, "csv", false);
    int found = table.columns().length;
    if (found != columns.size()) {
      throw new InputException(
          "Inventory %s has %d columns; catalogue.inventory-columns names %d (%s): copy fileSchema"
              + " from its manifest.json",
          uri, found, columns.size(), String.join(", ", columns));
    }
    return table.toDF(columns.toArray(String[]::new));
  }

  /** {@code LastModifiedDate}, {@code last_modified_date} and the like are one name. */
  private static String plain(String name) {
    return name.strip().toLowerCase(Locale.ROOT).replace("_", "");
  }

  private Column column(Dataset<Row> table, String name) {
    int index = index(table, name);
    if (index < 0) {
      throw new InputException(
          "Inventory %s has no column %s; its columns are %s",
          uri, name, String.join(", ", table.columns()));
    }
    return functions.col("`" + table.columns()[index] + "`");
  }

  private Column orNull(Dataset<Row> table, String name) {
    return index(table, name) < 0 ? functions.lit(null).cast("string") : column(table, name);
  }

  private static int index(Dataset<Row> table, String name) {
    return Arrays.stream(table.columns()).map(InventoryCatalogue::plain).toList().indexOf(name);
  }

  /** Without what a bucket with versions remembers but does not have any more. */
  private Dataset<Row> current(Dataset<Row> table) {
    Dataset<Row> current = table;
    if (index(table, "islatest") >= 0) {
      current = current.where(column(table, "islatest").cast("boolean"));
    }
    if (index(table, "isdeletemarker") >= 0) {
      current = current.where(functions.not(column(table, "isdeletemarker").cast("boolean")));
    }
    return current;
  }

  private String key(Row row, boolean encoded) {
    requireBucket(row);
    if (row.isNullAt(0) || row.isNullAt(1) || row.getString(0).isBlank()) {
      throw new InputException("Inventory %s has a row without bucket or key: %s", uri, row);
    }
    String key = row.getString(1);
    try {
      return encoded ? URLDecoder.decode(key, StandardCharsets.UTF_8) : key;
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "Inventory %s: the key %s is not URL-encoded, as it is in a CSV without a header",
          uri, key);
    }
  }

  /** Before anything of the row is repeated: what looks like a user before a bucket is none. */
  private void requireBucket(Row row) {
    String bucket = row.isNullAt(0) ? "" : row.getString(0);
    if (bucket.contains("/") || bucket.contains("@") || bucket.contains(":")) {
      throw new InputException(
          "Inventory %s has a bucket with /, @ or : in it, which is no name of a bucket", uri);
    }
  }

  private ListedImage listed(Row row, boolean encoded, Roots allowed) {
    String key = key(row, encoded);
    String place = "s3a://" + row.getString(0) + "/" + key;
    allowed.require(key, place);
    return new ListedImage(key, place, version(row, key), row.isNullAt(2) ? -1 : row.getLong(2));
  }

  /** A date of an inventory is not what the filesystem will say; it only tells versions apart. */
  private String version(Row row, String key) {
    if (!row.isNullAt(3)) {
      return FileVersion.ofEtag(row.getString(3));
    }
    if (row.isNullAt(2) || row.isNullAt(4)) {
      throw new InputException(
          "Inventory %s: %s has neither an e_tag nor size and last_modified_date", uri, key);
    }
    return row.getLong(2) + " bytes, " + row.getString(4);
  }
}
