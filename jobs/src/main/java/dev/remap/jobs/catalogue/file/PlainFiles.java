package dev.remap.jobs.catalogue.file;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The filesystems that a catalogue's files are read through. */
public final class PlainFiles {
  private PlainFiles() {}

  /**
   * The filesystem of a path. Local files are read as they are: the checksums that Hadoop looks for
   * beside them have names of their own, which it cannot make of one with a colon.
   */
  public static FileSystem of(Path path, Configuration conf) throws IOException {
    FileSystem files = path.getFileSystem(conf);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /**
   * The bytes of a file that says something of images, as of a table: see {@link StorageStream}.
   */
  public static FSDataInputStream open(Path path, Configuration conf) throws IOException {
    return StorageStream.told(
        path, () -> new FSDataInputStream(new StorageStream(path, of(path, conf).open(path))));
  }
}
