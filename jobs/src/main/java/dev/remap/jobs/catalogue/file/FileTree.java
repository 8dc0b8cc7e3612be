package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The files below a folder; local ones are looked at without Hadoop, which leaves out what it
 * cannot name or see.
 *
 * @param root as the user wrote it; files are named by their path below it
 * @param selection of the files that are wanted
 * @param links what is done with links that lead out of a local root
 */
public record FileTree(String root, Selection selection, OutsideLinks links) {

  public JavaRDD<Found> files(JavaSparkContext spark) {
    URI whole = qualified(spark.hadoopConfiguration());
    String above = whole.getPath().endsWith("/") ? whole.getPath() : whole.getPath() + "/";
    if ("file".equals(whole.getScheme())) {
      return new LocalTree(root, above, selection, links).files(spark);
    }
    TreeFolder top = new TreeFolder(root, "", "");
    HadoopFolders lister = new HadoopFolders(above, selection);
    return TreeWalk.of(spark, root, List.of(top), lister).found();
  }

  private URI qualified(Configuration hadoop) {
    try {
      Path path = new Path(root);
      return path.getFileSystem(hadoop).makeQualified(path).toUri();
    } catch (IOException e) {
      throw StorageFailures.told(
          "list",
          root,
          e,
          new InputException("Catalogue %s cannot be listed: %s", root, e.getMessage()));
    }
  }
}
