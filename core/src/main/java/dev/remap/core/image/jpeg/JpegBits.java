package dev.remap.core.image.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The entropy-coded bits between two markers of a JPEG, with the zero bytes that guard 0xff taken
 * out. Reading past the end gives zeros; {@link #exhausted} tells.
 */
final class JpegBits {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** More than a block can step over: 64 codes of 16 bits with 15 extra bits, and the window. */
  private static final int PADDING = 512;

  private static final long SIGNS = 0x8080_8080_8080_8080L;
  private static final long ONES = 0x0101_0101_0101_0101L;

  private final byte[] file;
  private final byte[] bits;
  private int start;
  private int length;
  private long position;

  JpegBits(byte[] file) {
    this.file = file;
    this.bits = new byte[file.length + PADDING];
  }

  /**
   * Takes the bits from {@code at} up to the next marker, or to the end of the file where none
   * comes. Bytes 0xff that lead nowhere are part of the marker.
   *
   * @return where that marker is; the file's length if there is none
   */
  int fill(int at) {
    start = at;
    length = 0;
    position = 0;
    int from = at;
    while (true) {
      int guard = marked(from);
      int next = guard;
      while (next < file.length && file[next] == (byte) 0xff) {
        next++;
      }
      boolean guarded = next < file.length && file[next] == 0;
      int run = guard - from + (guarded ? 1 : 0);
      System.arraycopy(file, from, bits, length, run);
      length += run;
      if (!guarded) {
        Arrays.fill(bits, length, length + PADDING, (byte) 0);
        return next < file.length ? guard : file.length;
      }
      from = next + 1;
    }
  }

  /** Where the next byte 0xff is, or the file ends. */
  private int marked(int from) {
    int at = from;
    while (at <= file.length - Long.BYTES) {
      long eight = (long) LONG.get(file, at);
      if (((~eight - ONES) & eight & SIGNS) != 0) {
        break;
      }
      at += Long.BYTES;
    }
    while (at < file.length && file[at] != (byte) 0xff) {
      at++;
    }
    return at;
  }

  /** The bytes, as many as {@link #length} and some more. */
  byte[] bytes() {
    return bits;
  }

  /** How many bytes there are. */
  int length() {
    return length;
  }

  /** Bytes of the whole file. */
  int size() {
    return file.length;
  }

  long position() {
    return position;
  }

  void position(long bit) {
    position = bit;
  }

  void skip(int count) {
    position += count;
  }

  /** The bits from {@code bit} on, leftmost first; 57 of them are true. */
  long ahead(long bit) {
    return bytes((int) (bit >>> 3)) << (bit & 7);
  }

  /** Eight bytes from the one with this index on, leftmost first. */
  long bytes(int at) {
    return (long) LONG.get(bits, at);
  }

  /** The next {@value HuffmanTable#WINDOW_BITS} bits, not consumed. */
  int window() {
    return HuffmanTable.window(ahead(position));
  }

  /** Consumes up to 15 bits as a number. */
  int take(int count) {
    int value = window() >>> (HuffmanTable.WINDOW_BITS - count);
    position += count;
    return value;
  }

  boolean exhausted() {
    return position > 8L * length;
  }

  /** Whole bytes that nobody consumed. */
  long left() {
    return length - firstLeft();
  }

  /** Where in the file the first byte is that nobody consumed. */
  int fileEnd() {
    int at = start;
    for (long consumed = firstLeft(); consumed > 0; consumed--) {
      // With 0xff the zero that guards it.
      while (file[at] == (byte) 0xff) {
        at++;
      }
      at++;
    }
    return at;
  }

  /** How many bits there are in all. */
  long end() {
    return 8L * length;
  }

  private long firstLeft() {
    return (position + 7) / 8;
  }

  /** Whether all whole bytes that nobody consumed are one and the same. */
  boolean leftAreEqual() {
    int first = (int) firstLeft();
    for (int i = first + 1; i < length; i++) {
      if (bits[i] != bits[first]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the codes so far end as an encoder ends them: the rest of their last byte filled with
   * ones (T.81, F.1.2.3), or with zeros as some do.
   */
  boolean padded() {
    int rest = (int) (8 * firstLeft() - position);
    long filled = rest == 0 ? 0 : ahead(position) >>> (Long.SIZE - rest);
    return filled == 0 || filled == (1L << rest) - 1;
  }
}
