package dev.remap.core.image.jpeg;

/** From brightness and two differences of colour to R, G, B (JFIF 1.02), by 16-bit fractions. */
final class JpegColours {
  private static final int FRACTION_BITS = 16;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final int NEUTRAL = 128;
  private static final int VALUES = 256;

  private static final int[] RED = new int[VALUES];
  private static final int[] BLUE = new int[VALUES];
  // Their sum, with its fraction.
  private static final int[] GREEN_BY_RED = new int[VALUES];
  private static final int[] GREEN_BY_BLUE = new int[VALUES];

  static {
    for (int i = 0; i < VALUES; i++) {
      int difference = i - NEUTRAL;
      RED[i] = (fixed(1.40200) * difference + HALF) >> FRACTION_BITS;
      BLUE[i] = (fixed(1.77200) * difference + HALF) >> FRACTION_BITS;
      GREEN_BY_RED[i] = -fixed(0.71414) * difference;
      GREEN_BY_BLUE[i] = -fixed(0.34414) * difference + HALF;
    }
  }

  private JpegColours() {}

  private static int fixed(double constant) {
    return (int) Math.round(constant * (1 << FRACTION_BITS));
  }

  /** One row of pixels: {@code count} of them, from each array beginning where it is said. */
  static void row(
      byte[] luma, int y, byte[] blue, int cb, byte[] red, int cr, byte[] rgb, int to, int count) {
    for (int x = 0; x < count; x++) {
      int bright = Byte.toUnsignedInt(luma[y + x]);
      int b = Byte.toUnsignedInt(blue[cb + x]);
      int r = Byte.toUnsignedInt(red[cr + x]);
      int at = to + 3 * x;
      rgb[at] = cut(bright + RED[r]);
      rgb[at + 1] = cut(bright + ((GREEN_BY_BLUE[b] + GREEN_BY_RED[r]) >> FRACTION_BITS));
      rgb[at + 2] = cut(bright + BLUE[b]);
    }
  }

  private static byte cut(int value) {
    return (byte) Math.max(0, Math.min(VALUES - 1, value));
  }
}
