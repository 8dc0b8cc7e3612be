package dev.remap.jobs.catalogue.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesUtils;

/**
 * The definition levels of a page: which of its rows have a value. Looked at run by run, however
 * many rows a run claims.
 *
 * @param runs in the format's hybrid of run lengths and packed bits
 * @param present level of a value that is there
 */
record LevelRuns(byte[] runs, int present) {
  boolean areAllPresent(int rows) {
    int width = Integer.SIZE - Integer.numberOfLeadingZeros(present);
    ByteBufferInputStream in = ByteBufferInputStream.wrap(ByteBuffer.wrap(runs));
    try {
      for (long left = rows; left > 0; ) {
        int header = BytesUtils.readUnsignedVarInt(in);
        int length = header >>> 1;
        boolean isPacked = (header & 1) == 1;
        if (isPacked ? !arePresent(in, length, width, left) : in.read() != present) {
          return false;
        }
        left -= isPacked ? 8L * length : length;
      }
      return true;
    } catch (IOException | RuntimeException e) {
      // Damaged, which the page's own decoder will say when an image of it is read.
      return false;
    }
  }

  /** Of groups of eight levels, whose last may be padded. */
  private boolean arePresent(ByteBufferInputStream in, int groups, int width, long rows)
      throws IOException {
    for (long row = 0; row < 8L * groups; row += 8) {
      long bits = 0;
      for (int i = 0; i < width; i++) {
        bits |= (long) in.read() << (8 * i);
      }
      for (int i = 0; i < Math.min(8, rows - row); i++) {
        if ((bits >>> (width * i) & ((1L << width) - 1)) != present) {
          return false;
        }
      }
    }
    return true;
  }
}
