package dev.remap.jobs.catalogue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local file system, of which reading or listing what has a name fails some times, as a network
 * does.
 */
public final class FailingFileSystem extends LocalFileSystem {
  private static final String SETTING = "spark.hadoop.fs.file.impl";
  private static final String CACHE = "spark.hadoop.fs.file.impl.disable.cache";
  private static final AtomicInteger LEFT = new AtomicInteger();
  private static volatile String name = "";
  private static volatile long from;

  public FailingFileSystem() {
    super(new Raw());
  }

  /** Makes Spark and Hadoop use it for {@code file:} from now on. */
  public static void use() {
    System.setProperty(SETTING, FailingFileSystem.class.getName());
    // Another test of this JVM may have asked for Hadoop's own.
    System.setProperty(CACHE, "true");
  }

  /** Ends that. */
  public static void leave() {
    System.clearProperty(SETTING);
    System.clearProperty(CACHE);
    LEFT.set(0);
  }

  /**
   * What fails next.
   *
   * @param ending of the paths
   * @param position from which on bytes cannot be read
   * @param times how often
   */
  public static void fail(String ending, long position, int times) {
    name = ending;
    from = position;
    LEFT.set(times);
  }

  /** How many failures are still to come. */
  public static int left() {
    return LEFT.get();
  }

  private static void reach(Path path, long end) throws IOException {
    if (end > from
        && path.toString().endsWith(name)
        && LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("the wire was cut");
    }
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      reach(path, Long.MAX_VALUE);
      return super.listStatus(path);
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
      return new FSDataInputStream(new Stream(path, super.open(path, buffer)));
    }
  }

  private static final class Stream extends FSInputStream {
    private final Path path;
    private final FSDataInputStream in;

    Stream(Path path, FSDataInputStream in) {
      this.path = path;
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      reach(path, in.getPos() + 1);
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int at, int count) throws IOException {
      // Those before are read first, so that it happens in the middle.
      long room = in.getPos() < from ? Math.min(count, from - in.getPos()) : count;
      reach(path, in.getPos() + room);
      return in.read(bytes, at, (int) room);
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
