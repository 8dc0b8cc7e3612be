package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A table with columns {@code image_id} and {@code uri}, and optionally {@code version}; without
 * one, executors look up each file's version. Relative URIs start at the table's folder.
 */
record TableCatalogue(String uri, String format) implements Catalogue {

  @Override
  public JavaRDD<ListedImage> list(SparkSession spark) {
    Dataset<Row> table = read(spark);
    for (String column : List.of("image_id", "uri")) {
      if (!Arrays.asList(table.columns()).contains(column)) {
        throw new InputException(
            "Table %s has no column %s; its columns are %s",
            uri, column, String.join(", ", table.columns()));
      }
    }
    boolean versioned = Arrays.asList(table.columns()).contains("version");
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    Path folder = new Path(uri).getParent();
    String base = folder == null ? "." : folder.toString();
    return table
        .select(
            functions.col("image_id").cast("string"),
            functions.col("uri").cast("string"),
            versioned
                ? functions.col("version").cast("string")
                : functions.lit(null).cast("string"))
        .javaRDD()
        .map(row -> listed(row, base, conf.value().value()));
  }

  private Dataset<Row> read(SparkSession spark) {
    try {
      return spark
          .read()
          .option("header", true)
          .option("mode", "FAILFAST")
          .format(format)
          .load(uri);
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw new InputException("Table %s cannot be read as %s: %s", uri, format, firstLine(e));
      }
      throw e;
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  private static ListedImage listed(Row row, String base, Configuration conf) {
    if (row.isNullAt(0) || row.isNullAt(1) || row.getString(0).isEmpty()) {
      throw new InputException(
          "The catalogue's table has a row without image_id or uri: %s. Remove it, then run again",
          row);
    }
    String uri = row.getString(1);
    String absolute = new Path(uri).isAbsolute() ? uri : new Path(base, uri).toString();
    if (!row.isNullAt(2)) {
      return new ListedImage(row.getString(0), absolute, row.getString(2), -1);
    }
    try {
      Path path = new Path(absolute);
      FileStatus status = path.getFileSystem(conf).getFileStatus(path);
      return new ListedImage(row.getString(0), absolute, FileVersion.of(status), status.getLen());
    } catch (IOException | IllegalArgumentException e) {
      // Listed all the same: whether it can be reached is for the extraction to find and to report.
      return new ListedImage(row.getString(0), absolute, "unknown", -1);
    }
  }
}
