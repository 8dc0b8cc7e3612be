package dev.remap.jobs.catalogue.table;

import dev.remap.jobs.catalogue.file.FileTree;
import dev.remap.jobs.catalogue.file.FileVersion;
import dev.remap.jobs.catalogue.file.FilesAt;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.file.Selection;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
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

/**
 * The files of a table: one, those of a glob, or those below a folder that are hidden neither
 * themselves nor by a folder on the way. Of a file that is named, the ending does not matter.
 *
 * @param endings of the files below a folder that are wanted, besides parts without any
 * @param links what is done with links that lead out of a local folder
 */
public record TableFiles(String uri, List<String> endings, OutsideLinks links)
    implements Serializable {
  public static final List<String> COMPRESSED = List.of("gz", "bz2", "zst", "lz4", "snappy");

  /** As Hadoop's and Hive's jobs call what they write, without an ending. */
  private static final Pattern PART = Pattern.compile("part-.*|\\d+(_\\d+)*");

  public JavaRDD<Found> find(JavaSparkContext spark) {
    Configuration hadoop = spark.hadoopConfiguration();
    Broadcast<TaskConfiguration> conf = spark.broadcast(new TaskConfiguration(hadoop));
    LeftOut leftOut = new LeftOut();
    List<Found> named = new ArrayList<>();
    List<JavaRDD<Found>> folders = new ArrayList<>();
    Set<Path> looked = new HashSet<>();
    for (FileStatus status : statuses(hadoop, leftOut)) {
      Path path = status.getPath();
      LakeTables.refuseAround(status.isDirectory() ? path : path.getParent(), hadoop, looked);
      if (status.isDirectory()) {
        folders.add(below(path.toString(), spark, conf));
      } else {
        named.add(
            new ListedImage(
                path.getName(), path.toString(), FileVersion.of(status), status.getLen()));
      }
    }
    named.add(leftOut);
    JavaRDD<Found> found = spark.parallelize(named, 1);
    for (JavaRDD<Found> folder : folders) {
      found = found.union(folder);
    }
    return found;
  }

  private JavaRDD<Found> below(
      String folder, JavaSparkContext spark, Broadcast<TaskConfiguration> conf) {
    List<String> last = new ArrayList<>(endings);
    last.addAll(COMPRESSED);
    last.add("");
    return new FileTree(folder, Selection.of(last), links)
        .files(spark)
        .map(FilesAt::named)
        .map(this::part)
        .mapPartitions(files -> new OfNoLakeTable(files, conf.value().value()));
  }

  /** A file that is no part of the table is left out. */
  private Found part(Found found) {
    if (found instanceof ListedImage file) {
      for (String step : file.imageId().split("/", -1)) {
        // What Hadoop's jobs write for themselves; a folder such as _year=2024 has rows.
        if (step.startsWith("_") && !step.contains("=")) {
          return new LeftOut().add(LeftOut.HOUSEKEEPING, step);
        }
      }
      String name = file.imageId().substring(file.imageId().lastIndexOf('/') + 1);
      if (!isPart(name.toLowerCase(Locale.ROOT))) {
        return new LeftOut()
            .add(
                LeftOut.ENDING, name.indexOf('.') < 0 ? "none" : name.substring(name.indexOf('.')));
      }
    }
    return found;
  }

  private boolean isPart(String file) {
    String name = file;
    for (String ending : COMPRESSED) {
      name = name.endsWith("." + ending) ? name.substring(0, name.lastIndexOf('.')) : name;
    }
    return name.indexOf('.') < 0
        ? PART.matcher(name).matches()
        : endings.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private List<FileStatus> statuses(Configuration hadoop, LeftOut leftOut) {
    try {
      Path path = new Path(uri);
      FileSystem files = path.getFileSystem(hadoop);
      try {
        return List.of(files.getFileStatus(path));
      } catch (FileNotFoundException e) {
        return globbed(files, path, leftOut);
      }
    } catch (IOException e) {
      throw StorageFailures.told("list", uri, e, unread(e));
    } catch (IllegalArgumentException e) {
      throw unread(e);
    }
  }

  private InputException unread(Exception e) {
    return new InputException("Table %s cannot be read: %s", uri, e.getMessage());
  }

  private List<FileStatus> globbed(FileSystem files, Path path, LeftOut leftOut)
      throws IOException {
    List<FileStatus> visible = new ArrayList<>();
    if ("file".equals(files.getUri().getScheme())) {
      new FilesAt(uri, endings, links).requireAll(files, path);
    }
    FileStatus[] found = files.globStatus(path);
    for (FileStatus one : found == null ? new FileStatus[0] : found) {
      if (isVisible(one.getPath().getName(), path.getName())) {
        visible.add(one);
      } else {
        leftOut.add(LeftOut.HIDDEN, one.getPath().getName());
      }
    }
    if (visible.isEmpty()) {
      throw new InputException("Table %s does not exist: check --catalogue", uri);
    }
    return visible;
  }

  /** As shells do: a hidden file is only meant by a pattern that begins like it. */
  private static boolean isVisible(String name, String pattern) {
    return !(name.startsWith(".") || name.startsWith("_")) || pattern.charAt(0) == name.charAt(0);
  }

  /** Files, each of whose folders was looked at once. */
  private static final class OfNoLakeTable implements Iterator<Found> {
    private final Iterator<Found> files;
    private final Configuration conf;
    private final Set<Path> seen = new HashSet<>();

    OfNoLakeTable(Iterator<Found> files, Configuration conf) {
      this.files = files;
      this.conf = conf;
    }

    @Override
    public boolean hasNext() {
      return files.hasNext();
    }

    @Override
    public Found next() {
      Found found = files.next();
      if (found instanceof ListedImage file) {
        Path folder = new Path(file.uri()).getParent();
        // The root itself was looked at before.
        for (long up = file.imageId().chars().filter(c -> c == '/').count(); up > 0; up--) {
          if (seen.add(folder)) {
            refuse(folder);
          }
          folder = folder.getParent();
        }
      }
      return found;
    }

    private void refuse(Path folder) {
      try {
        LakeTables.refuse(folder, conf);
      } catch (IOException e) {
        throw StorageFailures.told(
            "list",
            folder,
            e,
            new InputException("Folder %s cannot be listed: %s", folder, e.getMessage()));
      }
    }
  }
}
