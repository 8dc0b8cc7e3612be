package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.Selection;
import dev.remap.jobs.config.InputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A table of the objects of a bucket, as S3 Inventory writes it (CSV, ORC, Parquet): nobody lists
 * the bucket. The image id is the object's key, its version the entity tag.
 *
 * @param uri of a manifest, which names the files, or of the files
 * @param columns of a CSV without a header, in order, where no manifest says
 * @param roots folders that its objects may lie in; none: any
 */
record InventoryCatalogue(
    String uri, List<String> extensions, List<String> columns, List<String> roots)
    implements Catalogue, Serializable {
  private static final String MALFORMED = "_malformed";
  private static final List<String> WANTED =
      List.of("bucket", "key", "size", "etag", "lastmodifieddate", "islatest", "isdeletemarker");

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    Configuration hadoop = spark.hadoopConfiguration();
    SparkSession sql = sql(spark);
    InventoryFiles files = InventoryFiles.at(uri, hadoop);
    AllowedRoots allowed = AllowedRoots.of(roots, hadoop);
    String format = files.format();
    boolean isCsv = format.equals("csv");
    List<String> first = isCsv ? first(sql, files) : List.of();
    boolean hasHeader = isHeader(first);
    if (isCsv && !hasHeader) {
      files.requireOne(uri, hadoop);
    }
    KeyEncoding encoding = isCsv && !hasHeader ? KeyEncoding.URL : KeyEncoding.PLAIN;
    Dataset<Row> table =
        isCsv
            ? csv(sql, files, hasHeader ? first : columns(files, first.size()), hasHeader)
            : loaded(sql.read().format(files.format()), files);
    Selection selection = Selection.of(extensions);
    return wanted(table)
        .javaRDD()
        .mapPartitions(
            rows ->
                LeftOut.counting(
                    new InventoryRows(rows, uri, format),
                    (row, leftOut) ->
                        row.isTaken(leftOut) && selection.takesPath(row.key(encoding), leftOut)
                            ? listed(row, row.key(encoding), allowed)
                            : null));
  }

  @Override
  public String wanted() {
    return "keys ending in " + String.join(", ", extensions) + " (setting catalogue.extensions)";
  }

  private static ListedImage listed(InventoryRow row, String key, AllowedRoots allowed) {
    ListedImage image = row.listed(key);
    allowed.require(key, image.uri());
    return image;
  }

  /** All as texts, so that whatever is wrong with one is told with its row. */
  private Dataset<Row> wanted(Dataset<Row> table) {
    List<Column> columns = new ArrayList<>();
    for (String name : WANTED) {
      columns.add(index(table, name) < 0 ? none() : column(table, name));
    }
    column(table, "bucket");
    column(table, "key");
    boolean tellsMalformed = List.of(table.columns()).contains(MALFORMED);
    columns.add(tellsMalformed ? functions.col(MALFORMED) : none());
    columns.add(functions.col("_metadata.file_path"));
    columns.add(functions.col("_metadata.file_block_start"));
    return table.select(columns.toArray(Column[]::new));
  }

  private static Column none() {
    return functions.lit(null).cast("string");
  }

  private Column column(Dataset<Row> table, String name) {
    int index = index(table, name);
    if (index < 0) {
      throw new InputException(
          "Inventory %s has no column %s; its columns are %s",
          uri, name, String.join(", ", withoutMalformed(table)));
    }
    return functions.col("`" + table.columns()[index] + "`").cast("string");
  }

  private static List<String> withoutMalformed(Dataset<Row> table) {
    return Arrays.stream(table.columns()).filter(name -> !name.equals(MALFORMED)).toList();
  }

  private static int index(Dataset<Row> table, String name) {
    return Arrays.stream(table.columns()).map(InventoryCatalogue::plain).toList().indexOf(name);
  }

  /** {@code LastModifiedDate}, {@code last_modified_date} and the like are one name. */
  private static String plain(String name) {
    return name.strip().toLowerCase(Locale.ROOT).replace("_", "");
  }

  @SuppressWarnings("deprecation") // a builder would warn that there is a context, and takes none
  private static SparkSession sql(JavaSparkContext spark) {
    return SQLContext.getOrCreate(spark.sc()).sparkSession();
  }

  private static DataFrameReader csv(SparkSession spark) {
    return spark.read().format("csv").option("escape", "\"").option("columnPruning", false);
  }

  private List<String> first(SparkSession spark, InventoryFiles files) {
    try {
      return loaded(csv(spark), files).limit(1).collectAsList().stream()
          .flatMap(row -> texts(row).stream())
          .toList();
    } catch (InputException e) {
      throw e;
    } catch (Exception e) {
      throw InventoryRows.unreadable(uri, files.format(), "", e);
    }
  }

  private static List<String> texts(Row row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      texts.add(String.valueOf(row.get(i)));
    }
    return texts;
  }

  private static boolean isHeader(List<String> first) {
    List<String> names = first.stream().map(InventoryCatalogue::plain).toList();
    return names.contains("bucket") && names.contains("key");
  }

  /** Of a CSV without a header. */
  private List<String> columns(InventoryFiles files, int found) {
    boolean isByManifest = !files.columns().isEmpty();
    List<String> names = isByManifest ? files.columns() : columns;
    if (found != names.size() && found > 0) {
      throw new InputException(
          "Inventory %s has %d columns; %s names %d (%s)%s",
          uri,
          found,
          isByManifest ? "fileSchema in its manifest.json" : "catalogue.inventory-columns",
          names.size(),
          String.join(", ", names),
          isByManifest ? "" : ": give its manifest.json, or copy fileSchema from there");
    }
    return names;
  }

  private Dataset<Row> csv(
      SparkSession spark, InventoryFiles files, List<String> names, boolean header) {
    StructType schema = new StructType();
    for (String name : names) {
      schema = schema.add(name, DataTypes.StringType);
    }
    return loaded(
        csv(spark)
            .option("header", header)
            .option("mode", "PERMISSIVE")
            .option("columnNameOfCorruptRecord", MALFORMED)
            .schema(schema.add(MALFORMED, DataTypes.StringType)),
        files);
  }

  private Dataset<Row> loaded(DataFrameReader reader, InventoryFiles files) {
    try {
      return reader.load(files.paths().toArray(String[]::new));
    } catch (Exception e) {
      // Spark's own exception is checked, but comes out of methods that do not declare it.
      throw InventoryRows.unreadable(uri, files.format(), "", e);
    }
  }
}
