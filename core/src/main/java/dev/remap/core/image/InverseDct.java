package dev.remap.core.image;

/**
 * Makes the samples of a block from its coefficients: 8×8, or as few as 4×4, 2×2 or one, each the
 * mean of what it stands for. Numbers are rounded where libjpeg rounds them (13 bits behind the
 * point, 2 of which stay between columns and rows), so samples are equal to its own, whatever the
 * coefficients.
 */
abstract class InverseDct {
  static final int FRACTION_BITS = 13;
  static final int KEPT_BITS = 2;

  private static final int COEFFICIENTS = 64;
  private static final int SIDE = 8;
  private static final int WRAP = 1023;

  /** In the order of the codes: where in rows of eight each coefficient belongs (T.81, A.3.6). */
  private static final int[] PLACES = places();

  /** From −128..127 to a sample, by the lowest ten bits; what is beyond is cut off. */
  private static final byte[] SAMPLES = samples();

  private final int size;
  private final int meanStep;

  /**
   * @param steps of quantisation, in the order of the codes
   */
  InverseDct(int size, int[] steps) {
    this.size = size;
    this.meanStep = steps[0];
  }

  /**
   * @param size samples of a side: 1, 2, 4 or 8
   * @param steps of quantisation, in the order of the codes: 1 to 255, or 0
   */
  static InverseDct of(int size, int[] steps) {
    return switch (size) {
      case 1 -> new InverseDct1(steps);
      case 2 -> new InverseDct2(steps);
      case 4 -> new InverseDct4(steps);
      default -> new InverseDct8(steps);
    };
  }

  private static int[] places() {
    int[] places = new int[COEFFICIENTS];
    int index = 0;
    for (int diagonal = 0; diagonal < 2 * SIDE - 1; diagonal++) {
      for (int step = 0; step <= diagonal; step++) {
        int row = diagonal % 2 == 0 ? diagonal - step : step;
        int column = diagonal - row;
        if (row < SIDE && column < SIDE) {
          places[index++] = row * SIDE + column;
        }
      }
    }
    return places;
  }

  private static byte[] samples() {
    byte[] samples = new byte[WRAP + 1];
    for (int i = 0; i < samples.length; i++) {
      int signed = i > WRAP / 2 ? i - samples.length : i;
      samples[i] = (byte) Math.max(0, Math.min(255, signed + 128));
    }
    return samples;
  }

  /** A constant with {@value #FRACTION_BITS} bits behind the point. */
  static long fixed(double constant) {
    return Math.round(constant * (1 << FRACTION_BITS));
  }

  /** Where in the order of the codes the coefficient of a row and a column is. */
  static int index(int row, int column) {
    for (int i = 0; i < COEFFICIENTS; i++) {
      if (PLACES[i] == row * SIDE + column) {
        return i;
      }
    }
    throw new IllegalArgumentException("coefficient " + row + ", " + column);
  }

  static long rounded(long value, int bits) {
    return (value + (1L << (bits - 1))) >> bits;
  }

  static byte sample(long value) {
    return SAMPLES[(int) value & WRAP];
  }

  /** How many samples a side has. */
  final int size() {
    return size;
  }

  /** The samples of a block of which only the mean is not zero. */
  final void flat(int mean, byte[] samples, int at, int stride) {
    byte sample = sample(rounded((long) mean * meanStep, 3));
    for (int row = 0; row < size; row++) {
      int from = at + row * stride;
      for (int column = 0; column < size; column++) {
        samples[from + column] = sample;
      }
    }
  }

  /**
   * @param coefficients in the order of the codes, in steps of quantisation
   * @param at where in {@code samples} the first row begins
   * @param stride from one row to the next
   */
  abstract void put(int[] coefficients, byte[] samples, int at, int stride);

  /** Coefficients of a block in rows of eight, whole. */
  static void dequantise(int[] coefficients, int[] steps, long[] block) {
    for (int i = 0; i < COEFFICIENTS; i++) {
      block[PLACES[i]] = (long) coefficients[i] * steps[i];
    }
  }
}
