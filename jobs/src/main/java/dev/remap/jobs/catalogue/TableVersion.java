package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.FileVersion;
import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** How images of a table get their versions. */
final class TableVersion {
  /** Nobody asks a web server about each image at each listing: only another URI is a change. */
  public static final String OF_ITS_URI = "of its URI";

  private static final String UNKNOWN = "unknown";

  private TableVersion() {}

  /**
   * The image with the version that its row has, or else that of its file.
   *
   * @param version null where the row has none
   */
  static ListedImage listed(String imageId, String uri, String version, Configuration conf) {
    if (version != null) {
      return new ListedImage(imageId, uri, version, -1);
    }
    if (HttpImage.isOne(uri)) {
      return new ListedImage(imageId, uri, OF_ITS_URI, -1);
    }
    try {
      Path path = ImagePath.of(uri);
      FileStatus status = PlainFiles.of(path, conf).getFileStatus(path);
      return new ListedImage(imageId, uri, FileVersion.of(status), status.getLen());
    } catch (IOException | RuntimeException | LinkageError e) {
      // Listed all the same: whether it can be reached is for the extraction to find and to report.
      return new ListedImage(imageId, uri, UNKNOWN, -1);
    }
  }
}
