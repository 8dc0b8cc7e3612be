package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.FileTree;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.file.Selection;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The image files below a folder of any Hadoop filesystem; the image id is the path below that
 * folder.
 */
record FolderCatalogue(String uri, List<String> extensions, OutsideLinks links)
    implements Catalogue {

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    requireFolder(
        uri,
        spark.hadoopConfiguration(),
        "give a folder, or a table that ends in .parquet, .csv or .jsonl");
    return new FileTree(uri, Selection.of(extensions), links).files(spark);
  }

  @Override
  public String wanted() {
    return "files ending in "
        + String.join(", ", extensions)
        + " (setting catalogue.extensions); of tar files, give --format webdataset or img2dataset";
  }

  /** Says in one sentence why a folder cannot be listed, before any task starts. */
  static void requireFolder(String uri, Configuration hadoop, String instead) {
    try {
      Path root = new Path(uri);
      if (!root.getFileSystem(hadoop).getFileStatus(root).isDirectory()) {
        throw new InputException("Catalogue %s is a file: %s", uri, instead);
      }
    } catch (FileNotFoundException e) {
      throw new InputException("Catalogue %s does not exist: check --catalogue", uri);
    } catch (AccessControlException e) {
      throw new InputException("Catalogue %s cannot be read: %s", uri, e.getMessage());
    } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
      throw new InputException("Catalogue %s: %s", uri, e.getMessage());
    } catch (IOException e) {
      throw StorageFailures.told(
          "list",
          uri,
          e,
          new InputException("Catalogue %s cannot be listed: %s", uri, e.getMessage()));
    }
  }
}
