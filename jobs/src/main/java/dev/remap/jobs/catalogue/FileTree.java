package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The files below a folder, listed on the executors level by level: the folders of one level are
 * spread evenly, each is listed once, and what is found stays on the executors' disks. The driver
 * only counts folders, so its memory does not grow with the tree.
 *
 * @param root as the user wrote it; files are named by their path below it
 * @param endings of the files that are wanted
 */
record FileTree(String root, Endings endings) implements Serializable {
  /** More is no catalogue but a link that leads back up. */
  private static final int MAX_LEVELS = 64;

  /** A file, or a folder that is still to be listed; the other is null. */
  private record Entry(ListedImage file, String folder) implements Serializable {}

  JavaRDD<ListedImage> files(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(hadoop));
    String above = path(hadoop);
    List<JavaRDD<ListedImage>> levels = new ArrayList<>();
    JavaRDD<String> folders = context.parallelize(List.of(root), 1);
    for (long left = 1; left > 0; ) {
      requireShallow(levels.size());
      JavaRDD<Entry> entries =
          folders
              .flatMap(folder -> new Listing(folder, above, endings, conf.value().value()))
              .persist(StorageLevel.DISK_ONLY());
      levels.add(entries.filter(entry -> entry.file() != null).map(Entry::file));
      JavaRDD<String> next = entries.filter(entry -> entry.file() == null).map(Entry::folder);
      left = next.count();
      folders = Spread.over(next.mapToPair(folder -> new Tuple2<>(folder, folder)), left);
    }
    return context.union(levels.toArray(FileTree::rdds));
  }

  private void requireShallow(int levels) {
    if (levels > MAX_LEVELS) {
      throw new InputException(
          "Catalogue %s has folders more than %d levels deep: is there a link that leads back up?",
          root, MAX_LEVELS);
    }
  }

  /** The path part of the qualified root, which every file's path starts with. */
  private String path(Configuration hadoop) {
    try {
      Path path = new Path(root);
      URI whole = path.getFileSystem(hadoop).makeQualified(path).toUri();
      return whole.getPath().endsWith("/") ? whole.getPath() : whole.getPath() + "/";
    } catch (IOException e) {
      throw new InputException("Catalogue %s cannot be listed: %s", root, e.getMessage());
    }
  }

  /** One folder's wanted files and its folders, as the filesystem hands them over. */
  private static final class Listing implements Iterator<Entry> {
    private final String folder;
    private final String above;
    private final Endings endings;
    private final RemoteIterator<FileStatus> found;
    private Entry next;

    Listing(String folder, String above, Endings endings, Configuration conf) {
      this.folder = folder;
      this.above = above;
      this.endings = endings;
      Path path = new Path(folder);
      this.found = told(() -> path.getFileSystem(conf).listStatusIterator(path));
    }

    @Override
    public boolean hasNext() {
      while (next == null && told(found::hasNext)) {
        FileStatus status = told(found::next);
        if (status.isDirectory()) {
          next = new Entry(null, status.getPath().toString());
        } else if (endings.has(status.getPath().getName())) {
          next = new Entry(listed(status), null);
        }
      }
      return next != null;
    }

    @Override
    public Entry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Entry entry = next;
      next = null;
      return entry;
    }

    private ListedImage listed(FileStatus file) {
      return new ListedImage(
          file.getPath().toUri().getPath().substring(above.length()),
          file.getPath().toString(),
          FileVersion.of(file),
          file.getLen());
    }

    private <T> T told(Call<T> call) {
      try {
        return call.run();
      } catch (IOException e) {
        throw new InputException("Folder %s cannot be listed: %s", folder, e.getMessage());
      }
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  private static JavaRDD<ListedImage>[] rdds(int length) {
    return new JavaRDD[length];
  }
}
