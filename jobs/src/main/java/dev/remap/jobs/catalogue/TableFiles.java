package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The files of a table: one, those of a glob, or those below a folder that are hidden neither
 * themselves nor by a folder on the way. Of a file that is named, the ending does not matter.
 *
 * @param endings of the files below a folder that are wanted, besides parts without any
 */
record TableFiles(String uri, List<String> endings) implements Serializable {
  static final List<String> COMPRESSED = List.of("gz", "bz2", "zst", "lz4", "snappy");

  /** As Hadoop's and Hive's jobs call what they write, without an ending. */
  private static final Pattern PART = Pattern.compile("part-.*|\\d+(_\\d+)*");

  JavaRDD<ListedImage> list(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(hadoop));
    List<ListedImage> named = new ArrayList<>();
    JavaRDD<ListedImage> files = context.parallelize(named, 1);
    for (FileStatus status : statuses(hadoop)) {
      Path path = status.getPath();
      LakeTables.refuseAround(status.isDirectory() ? path : path.getParent(), hadoop);
      if (status.isDirectory()) {
        files = files.union(below(path.toString(), spark, conf));
      } else {
        named.add(
            new ListedImage(
                path.getName(), path.toString(), FileVersion.of(status), status.getLen()));
      }
    }
    return named.isEmpty() ? files : files.union(context.parallelize(named, 1));
  }

  private JavaRDD<ListedImage> below(
      String folder, SparkSession spark, Broadcast<SerializableConfiguration> conf) {
    List<String> last = new ArrayList<>(endings);
    last.addAll(COMPRESSED);
    last.add("");
    return new FileTree(folder, Endings.of(last))
        .files(spark)
        .filter(file -> isPart(file.imageId()))
        .mapPartitions(files -> new OfNoLakeTable(files, conf.value().value()));
  }

  /** By the path below the folder: as Hadoop's jobs hide files, and by the endings. */
  private boolean isPart(String path) {
    for (String step : path.split("/")) {
      if (step.startsWith(".") || (step.startsWith("_") && !step.contains("="))) {
        return false;
      }
    }
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    for (String ending : COMPRESSED) {
      name = name.endsWith("." + ending) ? name.substring(0, name.lastIndexOf('.')) : name;
    }
    return name.indexOf('.') < 0
        ? PART.matcher(name).matches()
        : endings.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private List<FileStatus> statuses(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileSystem files = path.getFileSystem(hadoop);
      try {
        return List.of(files.getFileStatus(path));
      } catch (FileNotFoundException e) {
        return globbed(files, path);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Table %s cannot be read: %s", uri, e.getMessage());
    }
  }

  private List<FileStatus> globbed(FileSystem files, Path path) throws IOException {
    FileStatus[] found = files.globStatus(path);
    List<FileStatus> visible =
        found == null
            ? List.of()
            : Arrays.stream(found).filter(one -> isVisible(one, path)).toList();
    if (visible.isEmpty()) {
      throw new InputException("Table %s does not exist: check --catalogue", uri);
    }
    return visible;
  }

  /** As shells do: a hidden file is only meant by a pattern that begins like it. */
  private static boolean isVisible(FileStatus found, Path pattern) {
    char first = found.getPath().getName().charAt(0);
    return (first != '.' && first != '_') || pattern.getName().charAt(0) == first;
  }

  /** Files, each of whose folders was looked at once. */
  private static final class OfNoLakeTable implements Iterator<ListedImage> {
    private final Iterator<ListedImage> files;
    private final Configuration conf;
    private final Set<Path> seen = new HashSet<>();

    OfNoLakeTable(Iterator<ListedImage> files, Configuration conf) {
      this.files = files;
      this.conf = conf;
    }

    @Override
    public boolean hasNext() {
      return files.hasNext();
    }

    @Override
    public ListedImage next() {
      ListedImage file = files.next();
      Path folder = new Path(file.uri()).getParent();
      // The root itself was looked at before.
      for (long steps = file.imageId().chars().filter(c -> c == '/').count(); steps > 0; steps--) {
        if (seen.add(folder)) {
          refuse(folder);
        }
        folder = folder.getParent();
      }
      return file;
    }

    private void refuse(Path folder) {
      try {
        LakeTables.refuse(folder, conf);
      } catch (IOException e) {
        throw new InputException("Folder %s cannot be listed: %s", folder, e.getMessage());
      }
    }
  }
}
