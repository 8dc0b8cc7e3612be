package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The files that hold a catalogue's images: those below a folder, or one, or those of a glob.
 *
 * @param endings of the files that are wanted
 */
record FilesAt(String uri, List<String> endings) {

  JavaRDD<Found> find(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    if (isFolder(hadoop)) {
      return new FileTree(uri, Selection.of(endings)).files(spark);
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(globbed(hadoop), 1);
  }

  private boolean isFolder(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      return path.getFileSystem(hadoop).getFileStatus(path).isDirectory();
    } catch (IOException | IllegalArgumentException e) {
      // A glob is no path; that nothing is there is said where the glob finds nothing.
      return false;
    }
  }

  /** Files that are named one by one are called by their own names. */
  private List<Found> globbed(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileStatus[] found = path.getFileSystem(hadoop).globStatus(path);
      if (found == null || found.length == 0) {
        throw new InputException("Catalogue %s does not exist: check --catalogue", uri);
      }
      List<Found> files = new ArrayList<>();
      LeftOut leftOut = new LeftOut();
      for (FileStatus file : found) {
        String name = file.getPath().getName();
        // As shells do: a hidden file is only meant by a pattern that begins like it.
        if (name.startsWith(".") && !path.getName().startsWith(".")) {
          Selection.of(endings).takesFile(name, name, leftOut);
        } else {
          files.add(named(file));
        }
      }
      files.add(leftOut);
      return files;
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Catalogue %s cannot be listed: %s", uri, e.getMessage());
    }
  }

  private ListedImage named(FileStatus file) {
    Path path = file.getPath();
    if (!file.isFile() || !Endings.of(endings).has(path.getName())) {
      throw new InputException(
          "%s is no file that ends in .%s: give a folder of them, one, or a glob",
          path, String.join(" or .", endings));
    }
    return new ListedImage(path.getName(), path.toString(), FileVersion.of(file), file.getLen());
  }
}
