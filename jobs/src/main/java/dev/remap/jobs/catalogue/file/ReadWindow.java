package dev.remap.jobs.catalogue.file;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.fs.PositionedReadable;

/**
 * Small pieces of a file in rising order, read in larger ones: what lies close together costs one
 * request, what lies far apart is not read.
 */
public final class ReadWindow {
  private static final int WINDOW = 64 << 10;

  private final PositionedReadable in;
  private final long length;
  private byte[] window = new byte[0];
  private long windowAt;

  public ReadWindow(PositionedReadable in, long length) {
    this.in = in;
    this.length = length;
  }

  /** Bytes of the file. */
  public long length() {
    return length;
  }

  /** {@code count} bytes, which must lie inside the file. */
  public byte[] bytes(long from, int count) throws IOException {
    if (from < windowAt || from + count > windowAt + window.length) {
      byte[] read = new byte[(int) Math.min(Math.max(WINDOW, count), length - from)];
      in.readFully(from, read);
      window = read;
      windowAt = from;
    }
    int start = (int) (from - windowAt);
    return Arrays.copyOfRange(window, start, start + count);
  }
}
