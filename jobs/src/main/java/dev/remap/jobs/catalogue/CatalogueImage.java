package dev.remap.jobs.catalogue;

import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageException;
import dev.remap.jobs.store.CrashPoint;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An image of a catalogue, read through Hadoop when its turn comes.
 *
 * @param imageId its id in the catalogue
 * @param uri text of a Hadoop path
 * @param version as listed; a file that has another one by now is not the image that was listed
 * @param maxBytes a longer file is not read
 */
public record CatalogueImage(
    String imageId, String uri, String version, long maxBytes, Configuration conf)
    implements ImageSource {

  @Override
  public byte[] read() throws IOException, ImageException {
    Path path = path();
    FileSystem files = path.getFileSystem(conf);
    FileStatus status = files.getFileStatus(path);
    if (FileVersion.isOne(version) && !FileVersion.of(status).equals(version)) {
      throw new IOException(
          "changed since it was listed (version "
              + FileVersion.of(status)
              + ", listed as "
              + version
              + ")");
    }
    if (status.getLen() > maxBytes) {
      throw new ImageException(
          "the file has " + status.getLen() + " bytes; image.max-bytes is " + maxBytes);
    }
    byte[] bytes = new byte[(int) status.getLen()];
    try (FSDataInputStream in = open(files, path, status)) {
      in.readFully(0, bytes);
    } catch (EOFException e) {
      throw new IOException("shorter than the " + bytes.length + " bytes it was listed with", e);
    }
    CrashPoint.reach(imageId);
    return bytes;
  }

  private Path path() throws ImageException {
    try {
      return new Path(uri);
    } catch (IllegalArgumentException e) {
      throw new ImageException("its URI cannot be understood: " + e.getMessage());
    }
  }

  /** Opens without asking for the status again, which on S3 is a request of its own. */
  private static FSDataInputStream open(FileSystem files, Path path, FileStatus status)
      throws IOException {
    CompletableFuture<FSDataInputStream> opening =
        files.openFile(path).withFileStatus(status).build();
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it was opened", e);
    }
  }
}
