package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
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
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String base = folder(hadoop);
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
        context.broadcast(new SerializableConfiguration(hadoop));
    return table
        .select(
            functions.col("image_id").cast("string"),
            functions.col("uri").cast("string"),
            versioned
                ? functions.col("version").cast("string")
                : functions.lit(null).cast("string"))
        .javaRDD()
        .mapPartitions(Readable::new)
        .map(row -> listed(row, base, conf.value().value()));
  }

  @Override
  public String wanted() {
    return "rows of a table with columns image_id and uri";
  }

  /** The table's folder; checks that the table is there, which Spark would say at length. */
  private String folder(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      if (!path.getFileSystem(hadoop).exists(path)) {
        throw new InputException("Table %s does not exist: check --catalogue", uri);
      }
      Path folder = path.getParent();
      return folder == null ? "." : folder.toString();
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Table %s cannot be read: %s", uri, e.getMessage());
    }
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
        throw unreadable(e);
      }
      throw e;
    }
  }

  private InputException unreadable(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String first = String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
    return new InputException("Table %s cannot be read as %s: %s", uri, format, first);
  }
}
