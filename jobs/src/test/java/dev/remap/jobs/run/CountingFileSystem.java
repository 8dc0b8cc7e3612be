package dev.remap.jobs.run;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local file system, which counts what is asked of it below one folder. */
public final class CountingFileSystem extends LocalFileSystem {
  public static final AtomicLong LISTINGS = new AtomicLong();
  public static final AtomicLong STATUSES = new AtomicLong();
  public static final AtomicLong OPENED = new AtomicLong();
  private static volatile String below = "/";

  public CountingFileSystem() {
    super(new Raw());
  }

  /** Makes Spark and Hadoop use it for {@code file:} from now on. */
  public static void use(java.nio.file.Path folder) {
    below = folder.toString();
    System.setProperty("spark.hadoop.fs.file.impl", CountingFileSystem.class.getName());
  }

  private static void count(AtomicLong counter, Path path) {
    if (path.toUri().getPath().startsWith(below)) {
      counter.incrementAndGet();
    }
  }

  private static final class Raw extends RawLocalFileSystem {
    /** Here a listing asks for the status of every file, which no object store does. */
    private final ThreadLocal<Boolean> lists = ThreadLocal.withInitial(() -> false);

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      count(LISTINGS, path);
      lists.set(true);
      try {
        return super.listStatus(path);
      } finally {
        lists.set(false);
      }
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      if (!lists.get()) {
        count(STATUSES, path);
      }
      return super.getFileStatus(path);
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
      count(OPENED, path);
      return super.open(path, buffer);
    }
  }
}
