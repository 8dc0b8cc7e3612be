package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.FilesAt;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.file.Repartition;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.catalogue.parquet.ParquetImageCatalogue;
import dev.remap.jobs.catalogue.parquet.ParquetImageColumns;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableFiles;
import dev.remap.jobs.catalogue.table.TableRow;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * A table whose rows name images and say where they are, and optionally which version they have;
 * without one, executors look up each file's version. Relative URIs start at the table's folder.
 *
 * @param roots folders that its URIs may lead into; none: any
 * @param links what is done with links out of a folder of the table's files
 */
record TableCatalogue(
    String uri, TableFormat format, TableColumns columns, List<String> roots, OutsideLinks links)
    implements Catalogue, Serializable {
  /** Some thousand rows: their images' versions are looked up by one task. */
  private static final long BYTES_OF_A_TASK = 64 << 10;

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    Configuration hadoop = spark.hadoopConfiguration();
    JavaRDD<Found> found = new TableFiles(uri, format.endings(), links).find(spark);
    JavaRDD<ListedImage> files = Found.images(found);
    ListedImage first = first(files);
    if (format == TableFormat.PARQUET && hasImages(first, hadoop)) {
      return new ParquetImageCatalogue(uri, columns, links).find(spark);
    }
    TableUris uris = uris(uri, hadoop);
    AllowedRoots allowed = AllowedRoots.of(roots, hadoop);
    Broadcast<TaskConfiguration> conf = spark.broadcast(new TaskConfiguration(hadoop));
    JavaRDD<TableRow> rows =
        Repartition.over(files.mapToPair(Repartition::byUri), files.count())
            .flatMap(file -> rows(file, conf.value().value()));
    JavaRDD<Found> images =
        (isVersioned(first, hadoop) ? rows : spread(rows, files))
            .mapPartitions(
                part ->
                    LeftOut.counting(
                        part,
                        (row, counts) -> listed(row, uris, allowed, conf.value().value(), counts)));
    return images.union(Found.leftOut(found));
  }

  /** The first of the files by name, from which the whole table's kind is told. */
  private ListedImage first(JavaRDD<ListedImage> files) {
    List<ListedImage> first = files.takeOrdered(1, new ByUri());
    if (first.isEmpty()) {
      throw new InputException(
          "Table %s has no files that end in .%s", uri, String.join(" or .", format.endings()));
    }
    return first.get(0);
  }

  private static final class ByUri implements Comparator<ListedImage>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(ListedImage a, ListedImage b) {
      return a.uri().compareTo(b.uri());
    }
  }

  private boolean hasImages(ListedImage file, Configuration hadoop) {
    try {
      return ParquetImageColumns.areIn(file, columns, hadoop);
    } catch (IOException | RuntimeException e) {
      throw TableRows.told(file.uri(), format.format(), "", e);
    }
  }

  /** Looks at the first row, which also tells here, once, what is wrong with all. */
  private boolean isVersioned(ListedImage first, Configuration hadoop) {
    try (TableRows rows = open(first, hadoop)) {
      return rows.hasNext() && !isMissing(rows.next().version());
    }
  }

  private TableRows open(ListedImage file, Configuration conf) {
    return TableRows.of(file.uri(), format.format(), () -> format.open(file, columns, conf));
  }

  private TableRows rows(ListedImage file, Configuration conf) {
    TableRows rows = open(file, conf);
    TaskCompletionListener close = context -> rows.close();
    TaskContext.get().addTaskCompletionListener(close);
    return rows;
  }

  /** One task reads a file, but to look up what it names is work for many. */
  private static JavaRDD<TableRow> spread(JavaRDD<TableRow> rows, JavaRDD<ListedImage> files) {
    long tasks = files.map(ListedImage::bytes).fold(0L, Long::sum) / BYTES_OF_A_TASK;
    return tasks < 2
        ? rows
        : Repartition.over(rows.mapToPair(row -> new Tuple2<>(row.where(), row)), tasks);
  }

  @Override
  public String wanted() {
    return "rows of a table with an id and a URI in each";
  }

  private static TableUris uris(String table, Configuration hadoop) {
    try {
      return TableUris.of(table, hadoop);
    } catch (IOException e) {
      throw StorageFailures.told("read", table, e, unread(table, e));
    } catch (IllegalArgumentException e) {
      throw unread(table, e);
    }
  }

  private static InputException unread(String table, Exception e) {
    return new InputException("Table %s cannot be read: %s", table, e.getMessage());
  }

  private static ListedImage listed(
      TableRow row, TableUris uris, AllowedRoots allowed, Configuration conf, LeftOut counts) {
    TableUris.refuseSecrets(row.where(), row.imageId(), row.uri(), row.version());
    if (isMissing(row.imageId()) || isMissing(row.uri())) {
      throw new InputException(
          "Table %s, has no %s: complete it, or remove it, then run again",
          row.where(), isMissing(row.imageId()) ? "id" : "URI");
    }
    // A glob over several folders is none that URIs could start at.
    TableUris from = FilesAt.isGlob(uris.folder()) ? uris(row.file(), conf) : uris;
    String absolute = from.resolved(row.uri(), row.where(), conf);
    TableUris.count(row.uri(), counts);
    allowed.require(row.imageId(), absolute);
    String version = isMissing(row.version()) ? null : row.version();
    return TableVersion.listed(row.imageId(), absolute, version, conf);
  }

  private static boolean isMissing(String text) {
    return text == null || text.isEmpty();
  }
}
