package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The files that hold a catalogue's images: those below a folder, or one, or those of a glob.
 *
 * @param endings of the files that are wanted
 * @param links what is done with links that lead out of a local folder
 */
public record FilesAt(String uri, List<String> endings, OutsideLinks links) {
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  public JavaRDD<Found> find(JavaSparkContext spark) {
    Configuration hadoop = spark.hadoopConfiguration();
    if (isFolder(hadoop)) {
      return new FileTree(uri, Selection.of(endings), links).files(spark).map(FilesAt::named);
    }
    return spark.parallelize(globbed(hadoop), 1);
  }

  /** Whether a path has signs that stand for others. */
  public static boolean isGlob(String path) {
    return GLOB.matcher(path).find();
  }

  public static Found named(Found found) {
    if (found instanceof ListedImage file && ForeignFile.isOne(file.uri())) {
      throw new InputException(
          "File %s, or a folder that it is in, has a name that is not UTF-8: rename it",
          file.imageId());
    }
    return found;
  }

  private boolean isFolder(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      return path.getFileSystem(hadoop).getFileStatus(path).isDirectory();
    } catch (IOException e) {
      if (StorageFailures.mayPass(e)) {
        throw StoreException.of("list", uri, e);
      }
      return false;
    } catch (IllegalArgumentException e) {
      // A glob is no path; that nothing is there is said where the glob finds nothing.
      return false;
    }
  }

  /** Files that are named one by one are called by their own names. */
  private List<Found> globbed(Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileSystem filesystem = path.getFileSystem(hadoop);
      FileStatus[] found = filesystem.globStatus(path);
      if ("file".equals(filesystem.getUri().getScheme())) {
        requireAll(filesystem, path);
      }
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
    } catch (IOException e) {
      throw StorageFailures.told("list", uri, e, unlisted(e));
    } catch (IllegalArgumentException e) {
      throw unlisted(e);
    }
  }

  private InputException unlisted(Exception e) {
    return new InputException("Catalogue %s cannot be listed: %s", uri, e.getMessage());
  }

  /** Hadoop's glob says nothing of what it finds by name and cannot look at. */
  public void requireAll(FileSystem filesystem, Path pattern) throws IOException {
    GlobPattern names = new GlobPattern(pattern.getName());
    Path parent = pattern.getParent();
    if (parent == null || !isGlob(pattern.toString())) {
      return;
    }
    requireAll(filesystem, parent);
    FileStatus[] folders = filesystem.globStatus(parent);
    for (FileStatus folder : folders == null ? new FileStatus[0] : folders) {
      if (folder.isDirectory()) {
        requireAll(LocalName.path(folder.getPath()), names);
      }
    }
  }

  private void requireAll(java.nio.file.Path folder, GlobPattern names) throws IOException {
    try (DirectoryStream<java.nio.file.Path> found = Files.newDirectoryStream(folder)) {
      for (java.nio.file.Path one : found) {
        LocalName name = LocalName.of(one);
        boolean hidden = name.text().startsWith(".");
        if (!hidden
            && names.matches(LocalFolders.plain(name))
            && (!Files.exists(one) || LocalName.isForeign(name.text()))) {
          throw new InputException(
              "Catalogue %s: %s is among what it names, and cannot be reached (a link to what is"
                  + " not mounted?) or has a name that is not UTF-8. Mend it, or move it elsewhere",
              uri, one);
        }
      }
    }
  }

  private ListedImage named(FileStatus file) {
    Path path = file.getPath();
    if (!file.isFile() || !FileExtensions.of(endings).has(path.getName())) {
      throw new InputException(
          "%s is no file that ends in .%s: give a folder of them, one, or a glob",
          path, String.join(" or .", endings));
    }
    return new ListedImage(path.getName(), path.toString(), FileVersion.of(file), file.getLen());
  }
}
