package dev.remap.jobs.catalogue.file;

import dev.remap.core.image.ImageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A local file whose path is not UTF-8, so that Hadoop cannot name it. Its URI has a scheme of its
 * own: no folder that a table may lead into begins like it, and no Hadoop filesystem reads it.
 */
public final class ForeignFile {
  private static final String SCHEME = "file-bytes:";

  private ForeignFile() {}

  /** The URI of an absolute path, percent-encoded. */
  static String uri(String encoded) {
    return SCHEME + encoded;
  }

  public static boolean isOne(String uri) {
    return uri.startsWith(SCHEME);
  }

  /**
   * The path of a URI that a listing wrote.
   *
   * @throws ImageException if a stranger wrote it
   */
  public static Path path(String uri) throws ImageException {
    try {
      Path path = LocalName.path(uri.substring(SCHEME.length()));
      if (uri(LocalName.encode(path)).equals(uri) && path.equals(path.normalize())) {
        return path;
      }
    } catch (IllegalArgumentException e) {
      throw new ImageException("its URI cannot be understood: " + e.getMessage());
    }
    throw new ImageException("its URI cannot be understood: " + uri);
  }

  /** The version of a file, as {@link FileVersion#of} tells it of other local ones. */
  public static String version(Path path) throws IOException {
    try {
      long modified = Files.getLastModifiedTime(path).toInstant().toEpochMilli();
      return FileVersion.of(Files.size(path), modified);
    } catch (NoSuchFileException e) {
      // What is gone is told apart from what cannot be reached, by what Hadoop throws for it.
      throw new FileNotFoundException("File " + path + " does not exist");
    }
  }
}
