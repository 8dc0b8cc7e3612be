package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The image files below a folder of any Hadoop filesystem; the image id is the path below that
 * folder. The driver lists the first level; executors list what is below it, one folder a task.
 */
record FolderCatalogue(String uri, List<String> extensions) implements Catalogue {

  @Override
  public JavaRDD<ListedImage> list(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileStatus[] children = children(hadoop);
    String root = rootPath(hadoop);
    Set<String> endings = new TreeSet<>();
    extensions.forEach(ending -> endings.add(ending.toLowerCase(Locale.ROOT)));
    List<ListedImage> files = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    for (FileStatus child : children) {
      if (child.isDirectory()) {
        folders.add(child.getPath().toString());
      } else {
        addIfImage(child, root, endings, files);
      }
    }
    JavaRDD<ListedImage> top = context.parallelize(files, Math.max(1, files.size() / 100_000));
    if (folders.isEmpty()) {
      return top;
    }
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(hadoop));
    return top.union(
        context
            .parallelize(folders, Math.min(folders.size(), 10_000))
            .flatMap(folder -> below(folder, root, endings, conf.value().value())));
  }

  @Override
  public String wanted() {
    return "files ending in " + String.join(", ", extensions) + " (setting catalogue.extensions)";
  }

  private FileStatus[] children(Configuration hadoop) {
    try {
      Path root = new Path(uri);
      FileSystem files = root.getFileSystem(hadoop);
      if (!files.getFileStatus(root).isDirectory()) {
        throw new InputException(
            "Catalogue %s is a file: give a folder, or a table that ends in .parquet, .csv or .jsonl",
            uri);
      }
      FileStatus[] children = files.listStatus(root);
      Arrays.sort(children);
      return children;
    } catch (FileNotFoundException e) {
      throw new InputException("Catalogue %s does not exist: check --catalogue", uri);
    } catch (AccessControlException e) {
      throw new InputException("Catalogue %s cannot be read: %s", uri, e.getMessage());
    } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
      throw new InputException("Catalogue %s: %s", uri, e.getMessage());
    } catch (IOException e) {
      throw new InputException("Catalogue %s cannot be listed: %s", uri, e.getMessage());
    }
  }

  /** The path part of the qualified root, which every file's path starts with. */
  private String rootPath(Configuration hadoop) {
    try {
      Path root = new Path(uri);
      return withSlash(root.getFileSystem(hadoop).makeQualified(root).toUri());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withSlash(URI root) {
    return root.getPath().endsWith("/") ? root.getPath() : root.getPath() + "/";
  }

  private static Iterator<ListedImage> below(
      String folder, String root, Set<String> endings, Configuration conf) throws IOException {
    Path path = new Path(folder);
    RemoteIterator<LocatedFileStatus> found = path.getFileSystem(conf).listFiles(path, true);
    List<ListedImage> images = new ArrayList<>();
    while (found.hasNext()) {
      addIfImage(found.next(), root, endings, images);
    }
    return images.iterator();
  }

  private static void addIfImage(
      FileStatus file, String root, Set<String> endings, List<ListedImage> images) {
    String name = file.getPath().getName();
    int dot = name.lastIndexOf('.');
    if (file.isFile()
        && dot >= 0
        && endings.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
      images.add(
          new ListedImage(
              file.getPath().toUri().getPath().substring(root.length()),
              file.getPath().toString(),
              FileVersion.of(file),
              file.getLen()));
    }
  }
}
