package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.FilesAt;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.file.Repartition;
import dev.remap.jobs.catalogue.file.Selection;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Images in tar files: a folder of them, one, or a glob. Executors read the headers, one tar file
 * after another; an image is later read as a range of its tar file, whose version is the image's.
 */
public record TarCatalogue(String uri, Layout layout, List<String> extensions, OutsideLinks links)
    implements Catalogue, Serializable {
  private static final String STATISTICS = "_stats.json";

  /** Who packed the tar files. */
  public enum Layout {
    /** Any program; an image id is the tar file's path below the root, and the member's name. */
    WEBDATASET,
    /**
     * img2dataset; an image id is the sample's key, as in its metadata. Each tar file has
     * statistics beside it, which say how many images it must have.
     */
    IMG2DATASET
  }

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    Broadcast<TaskConfiguration> conf =
        spark.broadcast(new TaskConfiguration(spark.hadoopConfiguration()));
    JavaRDD<Found> found = new FilesAt(uri, endings(), links).find(spark).map(this::part);
    JavaPairRDD<String, ListedImage> byStem = Found.images(found).mapToPair(this::byStem);
    return byStem
        .groupByKey(Repartition.partitioner(byStem, byStem.count()))
        .values()
        .flatMap(files -> images(files, conf.value().value()))
        .union(Found.leftOut(found));
  }

  /** A file that is no part of the catalogue is left out. */
  private Found part(Found found) {
    return found instanceof ListedImage file && !isPart(file)
        ? new LeftOut().add(LeftOut.ENDING, ".json")
        : found;
  }

  private List<String> endings() {
    return layout == Layout.WEBDATASET ? List.of("tar") : List.of("tar", "json");
  }

  @Override
  public String wanted() {
    return "tar files with members ending in " + String.join(", ", extensions);
  }

  private boolean isPart(ListedImage file) {
    return isTar(file.imageId())
        || (layout == Layout.IMG2DATASET && file.imageId().endsWith(STATISTICS));
  }

  private static boolean isTar(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  /** img2dataset's statistics share their tar file's path up to the ending. */
  private Tuple2<String, ListedImage> byStem(ListedImage file) {
    String path = file.uri();
    int ending = isTar(path) ? ".tar".length() : STATISTICS.length();
    return new Tuple2<>(
        layout == Layout.IMG2DATASET ? path.substring(0, path.length() - ending) : path, file);
  }

  private Iterator<Found> images(Iterable<ListedImage> files, Configuration conf) {
    ListedImage tar = null;
    ListedImage statistics = null;
    for (ListedImage file : files) {
      if (isTar(file.uri())) {
        tar = file;
      } else {
        statistics = file;
      }
    }
    TarShard shard =
        shard(
            layout == Layout.WEBDATASET ? tar : Img2DatasetShard.requireTar(tar, statistics), conf);
    Iterator<ListedImage> images =
        layout == Layout.WEBDATASET
            ? shard
            : new Img2DatasetShard(shard, tar).expecting(statistics, conf);
    return LeftOut.behind(images, shard.leftOut());
  }

  private TarShard shard(ListedImage tar, Configuration conf) {
    String name = tar.imageId();
    TarShard shard =
        layout == Layout.IMG2DATASET
            ? new TarShard(tar, Selection.of(extensions), TarCatalogue::key, conf)
            : new TarShard(tar, Selection.of(extensions), member -> name + "/" + member, conf);
    TaskCompletionListener close = context -> shard.close();
    TaskContext.get().addTaskCompletionListener(close);
    return shard;
  }

  /** The sample's key: the member's name without its ending. */
  private static String key(String member) {
    return member.substring(0, member.lastIndexOf('.'));
  }
}
