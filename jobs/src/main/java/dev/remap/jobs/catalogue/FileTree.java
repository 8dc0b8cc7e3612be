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
 * @param selection of the files that are wanted
 */
record FileTree(String root, Selection selection) implements Serializable {
  /** More is no catalogue but a link that leads back up. */
  private static final int MAX_LEVELS = 64;

  /** A file or a count, or a folder that is still to be listed; the other is null. */
  private record Entry(Found found, String folder) implements Serializable {}

  JavaRDD<Found> files(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(hadoop));
    String above = path(hadoop);
    List<JavaRDD<Found>> levels = new ArrayList<>();
    JavaRDD<String> folders = context.parallelize(List.of(root), 1);
    for (long left = 1; left > 0; ) {
      requireShallow(levels.size());
      JavaRDD<Entry> entries =
          folders
              .flatMap(folder -> new Listing(folder, above, selection, conf.value().value()))
              .persist(StorageLevel.DISK_ONLY());
      levels.add(entries.filter(entry -> entry.found() != null).map(Entry::found));
      JavaRDD<String> next = entries.filter(entry -> entry.found() == null).map(Entry::folder);
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

  /**
   * One folder's wanted files and its folders, as the filesystem hands them over; last, a count.
   */
  private static final class Listing implements Iterator<Entry> {
    private final String folder;
    private final String above;
    private final Selection selection;
    private final RemoteIterator<FileStatus> found;
    private LeftOut leftOut = new LeftOut();
    private Entry next;

    Listing(String folder, String above, Selection selection, Configuration conf) {
      this.folder = folder;
      this.above = above;
      this.selection = selection;
      Path path = new Path(folder);
      this.found = told(() -> path.getFileSystem(conf).listStatusIterator(path));
    }

    @Override
    public boolean hasNext() {
      while (next == null && told(found::hasNext)) {
        FileStatus status = told(found::next);
        String name = status.getPath().getName();
        if (status.isDirectory()) {
          if (selection.takesFolder(name, leftOut)) {
            next = new Entry(null, status.getPath().toString());
          }
        } else if (selection.takesFile(name, below(status), leftOut)) {
          next = new Entry(listed(status), null);
        }
      }
      if (next == null && leftOut != null && !leftOut.isEmpty()) {
        next = new Entry(leftOut, null);
        leftOut = null;
      }
      return next != null;
    }

    private String below(FileStatus file) {
      return file.getPath().toUri().getPath().substring(above.length());
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
          below(file), file.getPath().toString(), FileVersion.of(file), file.getLen());
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
  private static JavaRDD<Found>[] rdds(int length) {
    return new JavaRDD[length];
  }
}
