package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.config.InputException;
import java.io.Serializable;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Folders that the URIs of a table may lead into, as setting {@code catalogue.roots} names them;
 * where it names none, they may lead anywhere.
 *
 * @param folders with their filesystem, each ending in a slash
 * @param filesystem of paths that name none
 */
record AllowedRoots(List<String> folders, String filesystem) implements Serializable {

  static AllowedRoots of(List<String> named, Configuration hadoop) {
    String filesystem = FileSystem.getDefaultUri(hadoop).toString();
    return new AllowedRoots(
        named.stream().map(root -> folder(root, filesystem)).toList(), filesystem);
  }

  private static String folder(String root, String filesystem) {
    try {
      Path path = new Path(root);
      if (path.isAbsolute() && !ImagePath.stepsAside(root)) {
        return qualified(path, filesystem);
      }
    } catch (IllegalArgumentException e) {
      throw new InputException("catalogue.roots has '%s': %s", root, e.getMessage());
    }
    throw new InputException("catalogue.roots has '%s', which is no absolute path", root);
  }

  /** With a slash at its end, so that no folder is taken for another that begins like it. */
  private static String qualified(Path path, String filesystem) {
    String text = path.makeQualified(URI.create(filesystem), new Path("/")).toString();
    return text.endsWith("/") ? text : text + "/";
  }

  /**
   * Refuses a catalogue with an image elsewhere. What is no path, or steps aside, passes: no image
   * can be read by it (see {@link ImagePath}).
   *
   * @throws InputException if the URI leads out of all folders
   */
  void require(String imageId, String uri) {
    if (folders.isEmpty() || ImagePath.stepsAside(uri)) {
      return;
    }
    String place;
    try {
      place = qualified(new Path(uri), filesystem);
    } catch (IllegalArgumentException e) {
      return;
    }
    if (folders.stream().noneMatch(place::startsWith)) {
      throw new InputException(
          "Image '%s' of the catalogue lies at %s, outside catalogue.roots (%s). Remove it, or add"
              + " its folder to the setting, then run again",
          imageId, uri, String.join(", ", folders));
    }
  }
}
