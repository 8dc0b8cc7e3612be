package dev.remap.core.image.jpeg;

/**
 * The samples of one colour channel of a sequential JPEG at a reduced size, which the blocks of a
 * scan fill one after the other, unit by unit.
 */
final class JpegPlane {
  /** A block of them: faster than filling. */
  private static final int[] ZEROS = new int[64];

  private final InverseDct dct;
  private final int size;
  private final int across;
  private final int down;
  private final int unitsWide;
  private final int stride;
  private final byte[] samples;
  private final int[] coefficients = new int[SequentialCodes.ROOM];
  private int mean;
  // Where the next block goes: its unit, and its place there.
  private int row;
  private int column;
  private int y;
  private int x;

  /**
   * @param across blocks of a unit beside each other
   * @param down blocks of a unit below each other
   */
  JpegPlane(InverseDct dct, int across, int down, int unitsWide, int unitsHigh) {
    this.dct = dct;
    this.size = dct.size();
    this.across = across;
    this.down = down;
    this.unitsWide = unitsWide;
    this.stride = unitsWide * across * size;
    this.samples = new byte[Math.multiplyExact(stride, unitsHigh * down * size)];
  }

  /** Row by row, with what fills up the last units of rows and columns. */
  byte[] samples() {
    return samples;
  }

  /** From one row of samples to the next. */
  int stride() {
    return stride;
  }

  /** Means of blocks are told by their difference from the one before, but after a restart. */
  void startInterval() {
    mean = 0;
  }

  /**
   * Makes the next block's samples.
   *
   * @param known whether where the block ends is of no account
   * @return false if the bits are no code, or codes of more coefficients than there are
   */
  boolean read(SequentialCodes codes, boolean known) {
    if (size == 1) {
      if (!(known ? codes.readMean() : codes.stepOver())) {
        return false;
      }
      mean += codes.difference();
      // Decoders keep a mean in 16 bits.
      dct.flat((short) mean, samples, place(), stride);
      return true;
    }
    int last = codes.read(coefficients);
    if (last == SequentialCodes.NONE) {
      return false;
    }
    mean += coefficients[0];
    coefficients[0] = (short) mean;
    if (last == 0) {
      dct.flat((short) mean, samples, place(), stride);
    } else {
      dct.put(coefficients, samples, place(), stride);
      System.arraycopy(ZEROS, 0, coefficients, 0, ZEROS.length);
    }
    return true;
  }

  /** Of the next block's first sample. */
  private int place() {
    int at = ((row * down + y) * stride + column * across + x) * size;
    if (++x == across) {
      x = 0;
      if (++y == down) {
        y = 0;
        if (++column == unitsWide) {
          column = 0;
          row++;
        }
      }
    }
    return at;
  }
}
