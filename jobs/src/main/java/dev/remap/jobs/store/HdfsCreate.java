package dev.remap.jobs.store;

import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * A hidden temporary file, synced, then a rename that refuses to overwrite: one at the name node.
 */
final class HdfsCreate implements AtomicCreate {
  private final FileSystem fs;
  private final Configuration conf;

  HdfsCreate(FileSystem fs, Configuration conf) {
    this.fs = fs;
    this.conf = conf;
  }

  @Override
  public boolean create(Path path, ByteSource content, Runnable beforeVisible) {
    Path temporary =
        new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID() + ".tmp");
    try {
      boolean created = false;
      try {
        write(temporary, content);
        beforeVisible.run();
        created = rename(temporary, path);
      } finally {
        if (!created) {
          fs.delete(temporary, false);
        }
      }
      return created;
    } catch (IOException e) {
      throw StoreException.of("create", path, e);
    }
  }

  private void write(Path temporary, ByteSource content) throws IOException {
    try (FSDataOutputStream out = fs.create(temporary, false)) {
      content.writeTo(out);
      out.hsync();
    }
  }

  private boolean rename(Path from, Path to) throws IOException {
    try {
      FileContext.getFileContext(fs.getUri(), conf).rename(from, to, Options.Rename.NONE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
