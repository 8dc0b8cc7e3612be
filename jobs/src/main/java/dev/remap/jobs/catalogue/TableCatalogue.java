package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A table with columns {@code image_id} and {@code uri}, and optionally {@code version}; without
 * one, executors look up each file's version. Relative URIs start at the table's folder.
 *
 * @param roots folders that its URIs may lead into; none: any
 * @param links what is done with links out of a folder of files with images in them
 */
record TableCatalogue(String uri, String format, List<String> roots, OutsideLinks links)
    implements Catalogue, Serializable {

  @Override
  public JavaRDD<Found> find(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    TableUris uris = uris(hadoop);
    Dataset<Row> table = read(spark);
    if (format.equals("parquet") && hasImages(table.schema())) {
      return new ParquetImageCatalogue(uri, links).find(spark);
    }
    for (String column : List.of("image_id", "uri")) {
      if (!Arrays.asList(table.columns()).contains(column)) {
        throw new InputException(
            "Table %s has no column %s; its columns are %s",
            uri, column, String.join(", ", table.columns()));
      }
    }
    Roots allowed = Roots.of(roots, hadoop);
    boolean versioned = Arrays.asList(table.columns()).contains("version");
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(hadoop));
    return table
        .select(
            functions.col("image_id").cast("string"),
            functions.col("uri").cast("string"),
            versioned
                ? functions.col("version").cast("string")
                : functions.lit(null).cast("string"))
        .javaRDD()
        .mapPartitions(
            rows ->
                LeftOut.counting(
                    new Checked(rows, this),
                    (row, counts) -> listed(row, uris, allowed, conf.value().value(), counts)));
  }

  /** Whether the table has images in it, and no column that says where they are. */
  private static boolean hasImages(StructType schema) {
    Set<String> binary = new TreeSet<>();
    for (StructField field : schema.fields()) {
      if (field.dataType() instanceof BinaryType) {
        binary.add(field.name());
      } else if (field.dataType() instanceof StructType struct) {
        for (StructField inner : struct.fields()) {
          binary.add(field.name() + "." + inner.name());
        }
      }
    }
    return !Arrays.asList(schema.fieldNames()).contains("uri")
        && ParquetImageColumns.IMAGES.stream().anyMatch(binary::contains);
  }

  @Override
  public String wanted() {
    return "rows of a table with columns image_id and uri";
  }

  /** The table's folder; checks that the table is there, which Spark would say at length. */
  private TableUris uris(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileStatus[] found = path.getFileSystem(hadoop).globStatus(path);
      if (found == null || found.length == 0) {
        throw new InputException("Table %s does not exist: check --catalogue", uri);
      }
      return TableUris.of(uri, hadoop);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Table %s cannot be read: %s", uri, e.getMessage());
    }
  }

  private Dataset<Row> read(SparkSession spark) {
    try {
      return spark
          .read()
          .option("header", true)
          // A quote inside quotes is doubled, as RFC 4180 has it; Spark's default is a backslash.
          .option("escape", "\"")
          .option("mode", "FAILFAST")
          .format(format)
          .load(uri);
    } catch (Exception e) {
      if (e instanceof SparkThrowable) {
        throw unreadable(e);
      }
      throw e;
    }
  }

  private InputException unreadable(Throwable failure) {
    return new InputException(
        "Table %s cannot be read as %s: %s", uri, format, InputException.reason(failure));
  }

  /** Rows as Spark parses them, late, with what is wrong with one told as the table's fault. */
  private record Checked(Iterator<Row> rows, TableCatalogue table) implements Iterator<Row> {
    @Override
    public boolean hasNext() {
      try {
        return rows.hasNext();
      } catch (Exception e) {
        if (e instanceof SparkThrowable) {
          throw table.unreadable(e);
        }
        throw e;
      }
    }

    @Override
    public Row next() {
      return rows.next();
    }
  }

  private ListedImage listed(
      Row row, TableUris uris, Roots allowed, Configuration conf, LeftOut counts) {
    TableUris.refuseSecrets(uri, row.getString(0), row.getString(1), row.getString(2));
    if (isMissing(row, 0) || isMissing(row, 1)) {
      throw new InputException(
          "The catalogue's table has a row without image_id or uri: %s. Remove it, then run again",
          row);
    }
    String imageId = row.getString(0);
    String place = uri + ", image '" + imageId + "'";
    String absolute = uris.resolved(row.getString(1), place, conf);
    TableUris.count(row.getString(1), counts);
    allowed.require(imageId, absolute);
    String version = row.isNullAt(2) ? null : row.getString(2);
    return TableVersion.listed(imageId, absolute, version, conf);
  }

  private static boolean isMissing(Row row, int column) {
    return row.isNullAt(column) || row.getString(column).isEmpty();
  }
}
