package dev.remap.core.image.jpeg;

/**
 * Makes the samples of a block from its coefficients: 2×2 or one, each about the mean of what it
 * stands for. Numbers are rounded where libjpeg rounds them (13 bits behind the point, 2 of which
 * stay between columns and rows), so samples are equal to its own, whatever the coefficients.
 */
abstract class InverseDct {
  static final int FRACTION_BITS = 13;
  static final int KEPT_BITS = 2;

  private static final int WRAP = 1023;

  /** From −128..127 to a sample, by the lowest ten bits; what is beyond is cut off. */
  private static final byte[] SAMPLES = samples();

  private final int size;
  private final int meanStep;

  /**
   * @param steps of quantisation, in rows of eight
   */
  InverseDct(int size, int[] steps) {
    this.size = size;
    this.meanStep = steps[0];
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

  private byte flat(int mean) {
    return sample(rounded((long) mean * meanStep, 3));
  }

  /** The samples of a block of which only the mean is not zero. */
  final void flat(int mean, byte[] samples, int at, int stride) {
    byte sample = flat(mean);
    if (size == 1) {
      samples[at] = sample;
      return;
    }
    for (int row = 0; row < size; row++) {
      int from = at + row * stride;
      for (int column = 0; column < size; column++) {
        samples[from + column] = sample;
      }
    }
  }

  /**
   * @param coefficients in rows of eight, in steps of quantisation
   * @param at where in {@code samples} the first row begins
   * @param stride from one row to the next
   */
  abstract void put(int[] coefficients, byte[] samples, int at, int stride);
}
