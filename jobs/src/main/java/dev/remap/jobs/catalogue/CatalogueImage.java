package dev.remap.jobs.catalogue;

import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.embedding.VectorUri;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.FileVersion;
import dev.remap.jobs.catalogue.file.ForeignFile;
import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.file.StaleListingException;
import dev.remap.jobs.catalogue.file.UnreadableException;
import dev.remap.jobs.catalogue.parquet.ParquetCell;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An image of a catalogue, read when its turn comes: through Hadoop, or from a web server.
 *
 * @param imageId its id in the catalogue
 * @param uri text of a Hadoop path, or a {@link ParquetCell}, or the URI of a web server's
 * @param version as listed; a file that has another one by now is not the image that was listed
 * @param range where in the file the image, or the page that holds it, lies
 * @param maxBytes a longer image is not read
 */
public record CatalogueImage(
    String imageId, String uri, String version, ByteRange range, long maxBytes, Configuration conf)
    implements ImageSource {

  /** An image that is a file of its own. */
  public CatalogueImage(
      String imageId, String uri, String version, long maxBytes, Configuration conf) {
    this(imageId, uri, version, ByteRange.WHOLE, maxBytes, conf);
  }

  @Override
  public byte[] read() throws IOException, ImageException {
    if (VectorUri.isOne(uri)) {
      return VectorUri.bytes(uri);
    }
    if (HttpImage.isOne(uri)) {
      return new HttpImage(uri, maxBytes).read();
    }
    if (ForeignFile.isOne(uri)) {
      return foreign(ForeignFile.path(uri));
    }
    // A file may be called like a cell; it is no part of one.
    ParquetCell cell = range.isWhole() ? null : ParquetCell.in(uri);
    Path path = ImagePath.of(cell == null ? uri : cell.file());
    FileSystem files = asked(() -> PlainFiles.of(path, conf));
    FileStatus status = asked(() -> files.getFileStatus(path));
    requireListedVersion(FileVersion.of(status));
    try (FSDataInputStream in = asked(() -> open(files, path, status))) {
      if (cell != null) {
        return cell.read(in, within(status), maxBytes);
      }
      return bytes(in, range.isWhole() ? new ByteRange(0, status.getLen()) : within(status));
    }
  }

  private static <T> T asked(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (IOException | RuntimeException | LinkageError | ServiceConfigurationError e) {
      throw UnreadableException.of(e);
    }
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private byte[] foreign(java.nio.file.Path path) throws IOException, ImageException {
    String now = ForeignFile.version(path);
    requireListedVersion(now);
    requireShort(Files.size(path));
    byte[] bytes = Files.readAllBytes(path);
    CrashPoint.reach(imageId);
    return bytes;
  }

  private void requireListedVersion(String now) throws StaleListingException {
    if (FileVersion.isOne(version) && !now.equals(version)) {
      throw new StaleListingException(
          "changed since it was listed (version " + now + ", listed as " + version + ")");
    }
  }

  private ByteRange within(FileStatus status) throws StaleListingException {
    if (range.end() > status.getLen()) {
      throw new StaleListingException(
          "listed as bytes "
              + range.from()
              + " to "
              + range.end()
              + " of "
              + uri
              + ", which has "
              + status.getLen()
              + ": list the catalogue again");
    }
    return range;
  }

  private byte[] bytes(FSDataInputStream in, ByteRange part) throws IOException, ImageException {
    requireShort(part.size());
    byte[] bytes = new byte[Math.toIntExact(part.size())];
    try {
      in.readFully(part.from(), bytes);
    } catch (EOFException e) {
      throw new IOException("shorter than the " + bytes.length + " bytes it was listed with", e);
    }
    CrashPoint.reach(imageId);
    return bytes;
  }

  private void requireShort(long bytes) throws ImageException {
    if (bytes > maxBytes) {
      throw new ImageException(
          (range.isWhole() ? "the file has " : "the member has ")
              + bytes
              + " bytes; image.max-bytes is "
              + maxBytes);
    }
  }

  /** Opens without asking for the status again, which on S3 is a request of its own. */
  private FSDataInputStream open(FileSystem files, Path path, FileStatus status)
      throws IOException {
    CompletableFuture<FSDataInputStream> opening =
        files
            .openFile(path)
            .withFileStatus(status)
            .opt("fs.option.openfile.read.policy", range.isWhole() ? "whole-file" : "random")
            .build();
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw UnreadableException.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it was opened", e);
    }
  }
}
