package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.file.Repartition;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableFiles;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Parquet files with the images themselves in a column of bytes. An image that lies in its file as
 * it is, is listed as that range; one in a compressed or encoded page as a {@link ParquetCell}.
 */
public record ParquetImageCatalogue(String uri, TableColumns columns, OutsideLinks links)
    implements Catalogue, Serializable {

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    Broadcast<TaskConfiguration> conf =
        spark.broadcast(new TaskConfiguration(spark.hadoopConfiguration()));
    JavaRDD<Found> found = new TableFiles(uri, ParquetTable.ENDINGS, links).find(spark);
    JavaRDD<ListedImage> files = Found.images(found);
    JavaRDD<Found> images =
        Repartition.over(files.mapToPair(Repartition::byUri), files.count())
            .flatMap(file -> images(file, conf.value().value()));
    return images.union(Found.leftOut(found));
  }

  private Iterator<Found> images(ListedImage file, Configuration conf) {
    ParquetImageFile images = new ParquetImageFile(file, columns, conf);
    TaskCompletionListener close = context -> images.close();
    TaskContext.get().addTaskCompletionListener(close);
    return LeftOut.behind(images, images.leftOut());
  }

  @Override
  public String wanted() {
    return "rows of Parquet files with an image in each";
  }
}
