package dev.remap.jobs.store;

import java.io.IOException;
import java.util.Collections;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.AWSServiceIOException;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.util.VersionInfo;

/**
 * A conditional put ({@code If-None-Match: *}). Servers that only imitate S3 may ignore the
 * condition, which would lose data silently, so the first create through each file system tries it
 * out.
 */
final class S3Create implements AtomicCreate {
  private static final int CONFLICT = 409;
  private static final int MAX_TRIES = 8;
  private static final long FIRST_PAUSE_MILLIS = 50;

  /** Hadoop keeps one file system per bucket and process, so tasks do not try it again. */
  private static final Set<FileSystem> HONOURING = Collections.newSetFromMap(new WeakHashMap<>());

  private final FileSystem fs;
  private final Path root;

  S3Create(FileSystem fs, Path root) {
    this.fs = fs;
    this.root = root;
  }

  /**
   * For stores at this root.
   *
   * @throws StoreException if this Hadoop has no such put
   */
  static S3Create on(FileSystem fs, Path root) throws IOException {
    if (!fs.hasPathCapability(root, CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE)) {
      throw new StoreException(
          "Cannot keep a store at "
              + root
              + ": Hadoop "
              + VersionInfo.getVersion()
              + " as it is set up here cannot make an object on the condition that there is none:"
              + " bring a Spark with Hadoop 3.4.2 or newer (Spark 4.1 has it) and hadoop-aws of the"
              + " same version, and leave fs.s3a.create.conditional.enabled on");
    }
    return new S3Create(fs, root);
  }

  @Override
  public boolean create(Path path, ByteSource content, Runnable beforeVisible) {
    probe();
    return put(path, content, beforeVisible);
  }

  @Override
  public void probe() {
    synchronized (HONOURING) {
      if (!HONOURING.contains(fs)) {
        tryOut();
        HONOURING.add(fs);
      }
    }
  }

  private void tryOut() {
    Path path = new Path(root, "probe-" + UUID.randomUUID());
    ByteSource content = ByteSource.of(new byte[] {'?'});
    // Nobody else has this name: refused, the put was repeated because the answer to it was lost.
    put(path, content, () -> {});
    boolean again = put(path, content, () -> {});
    try {
      fs.delete(path, false);
    } catch (IOException e) {
      throw StoreException.of("delete", path, e);
    }
    if (again) {
      throw new StoreException(
          "Cannot keep a store at "
              + root
              + ": its server ignores the condition of a put (If-None-Match), so two jobs could"
              + " overwrite each other; use a server that honours it");
    }
  }

  private boolean put(Path path, ByteSource content, Runnable beforeVisible) {
    long pause = FIRST_PAUSE_MILLIS;
    for (int tries = 1; ; tries++) {
      try {
        write(path, content, beforeVisible);
        return true;
      } catch (RemoteFileChangedException e) {
        return false;
      } catch (AWSServiceIOException e) {
        // 409: another conditional put of this path is under way, and neither has won yet.
        if (e.statusCode() != CONFLICT || tries == MAX_TRIES) {
          throw StoreException.of("create", path, e);
        }
      } catch (IOException e) {
        throw StoreException.of("create", path, e);
      }
      pause = sleep(path, pause);
    }
  }

  private void write(Path path, ByteSource content, Runnable beforeVisible) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path);
    FSDataOutputStream out =
        builder
            .overwrite(true)
            .recursive()
            .must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true)
            // The condition decides, so a look at what is there before would be wasted.
            .opt("fs.s3a.create.performance", true)
            .build();
    boolean whole = false;
    try {
      content.writeTo(out);
      beforeVisible.run();
      whole = true;
    } finally {
      if (!whole) {
        out.abort();
      }
      out.close();
    }
  }

  private static long sleep(Path path, long millis) {
    try {
      Thread.sleep(millis);
      return 2 * millis;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("Interrupted while creating " + path, e);
    }
  }
}
