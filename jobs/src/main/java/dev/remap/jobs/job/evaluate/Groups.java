package dev.remap.jobs.job.evaluate;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.JobContext;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which images show the same thing: by the folders of their ids, or by a table. */
public sealed interface Groups extends Serializable {
  /** Labelled images that the driver takes in. */
  int MOST_ROWS = 1_000_000;

  /** Standard deviations that chance does not leave. */
  int SPREAD = 10;

  /** The group of an image, if it is in one. */
  Optional<String> of(String imageId);

  /**
   * Reads what {@code --groups} names: a table with columns image_id and group, or a folder of the
   * catalogue whose subfolders are the groups, by any path or by the beginning of its ids ({@code
   * .} for the whole catalogue).
   */
  static Groups of(JobContext context, String given) {
    return of(context, given, MOST_ROWS);
  }

  /**
   * As {@link #of(JobContext, String)}.
   *
   * @param mostRows of a table
   */
  static Groups of(JobContext context, String given, int mostRows) {
    String name = given.toLowerCase(Locale.ROOT);
    String format =
        name.endsWith(".csv")
            ? "csv"
            : name.endsWith(".parquet") ? "parquet" : name.endsWith(".jsonl") ? "json" : "";
    if (format.isEmpty()) {
      return new ByFolder(GroupFolder.prefix(context, given));
    }
    requireFile(given, context.hadoop());
    try {
      return table(context, given, format, mostRows);
    } catch (Exception e) {
      if (e instanceof SparkThrowable) {
        throw new InputException(
            "%s cannot be read as %s: %s", given, format, InputException.reason(e));
      }
      throw e;
    }
  }

  private static ByTable table(JobContext context, String given, String format, int mostRows) {
    Dataset<Row> table =
        context
            .session()
            .read()
            .option("header", true)
            .option("escape", "\"")
            .format(format)
            .load(given);
    if (!Set.of(table.columns()).containsAll(Set.of("image_id", "group"))) {
      throw new InputException(
          "%s needs the columns image_id and group; it has %s",
          given, String.join(", ", table.columns()));
    }
    List<Row> rows =
        table
            .selectExpr("cast(image_id as string)", "cast(`group` as string)")
            .limit(mostRows + 1)
            .collectAsList();
    if (rows.size() > mostRows) {
      throw new InputException(
          "%s has more than %,d rows: name a table of fewer images", given, mostRows);
    }
    HashMap<String, String> groups = new HashMap<>();
    for (Row row : rows) {
      groups.put(row.getString(0), row.getString(1));
    }
    return new ByTable(groups);
  }

  private static void requireFile(String given, Configuration hadoop) {
    try {
      Path path = new Path(given);
      if (!path.getFileSystem(hadoop).exists(path)) {
        throw new InputException("%s does not exist: check --groups", given);
      }
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s", given, e.getMessage());
    }
  }

  /**
   * What a unit finds only if all together label too many: keys are hashes, so labels lie evenly.
   * Noticed there, it never comes to the driver.
   */
  static long mostOfUnit(int all, int units) {
    double mean = (double) all / units;
    return (long) (mean + SPREAD * (Math.sqrt(mean) + 1));
  }

  /**
   * Refuses more labelled images than the driver takes in.
   *
   * @param option that named them
   * @param found so far
   * @param most that may be found there
   * @param all that may be found everywhere
   */
  static void requireFewer(String option, long found, long most, int all) {
    if (found > most) {
      throw new InputException(
          "%s labels more than %,d images; name a folder or a table of fewer", option, all);
    }
  }

  /** The folder of the id, if it lies below the prefix. */
  record ByFolder(String prefix) implements Groups {
    @Override
    public Optional<String> of(String imageId) {
      int slash = imageId.lastIndexOf('/');
      return imageId.startsWith(prefix) && slash >= prefix.length()
          ? Optional.of(imageId.substring(0, slash))
          : Optional.empty();
    }
  }

  record ByTable(Map<String, String> groups) implements Groups {
    @Override
    public Optional<String> of(String imageId) {
      return Optional.ofNullable(groups.get(imageId));
    }
  }
}
