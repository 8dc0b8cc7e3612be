package dev.remap.core.image.jpeg;

/**
 * The AC codes of a Huffman table with the coefficients that they bring, two at a time where both
 * lie in the next {@value #BITS} bits.
 *
 * <p>An entry packs bits 0..5 the length of both codes with their extra bits, 8..13 that of the
 * first alone, 16..23 by how much the first advances the coefficient index (an end-of-block by
 * {@value #END_OF_BLOCK}), 24..31 by how much the second does, 32..47 and 48..63 their signed
 * coefficients. Where there is no second, it advances by 0 and has the first one's coefficient. 0
 * is no code.
 */
final class CoefficientPairs {
  static final int END_OF_BLOCK = 128;

  /** Small enough that the table stays in the nearest cache. */
  private static final int BITS = 11;

  private final HuffmanTable table;
  private final long[] pairs = new long[1 << BITS];

  CoefficientPairs(HuffmanTable table) {
    this.table = table;
    for (int i = 0; i < pairs.length; i++) {
      long bits = (long) i << (Long.SIZE - BITS);
      long one = single(bits);
      int length = length(one);
      if (one != 0 && length <= BITS) {
        long next = advance(one) == END_OF_BLOCK ? 0 : single(bits << length);
        boolean fits = next != 0 && length + length(next) <= BITS;
        pairs[i] = fits ? both(one, next) : one;
      }
    }
  }

  /** By {@link #index}. */
  long[] pairs() {
    return pairs;
  }

  /** Where in {@link #pairs} is what 64 bits begin with; those that do not fit have 0 there. */
  static int index(long bits) {
    return (int) (bits >>> (Long.SIZE - BITS));
  }

  /** The entry of the first code alone, of any length; 0 if there is none. */
  long single(long bits) {
    int code = table.entry(HuffmanTable.window(bits));
    if (code == 0) {
      return 0;
    }
    int length = HuffmanTable.lengthWithExtraBits(code);
    int advance = HuffmanTable.advance(code);
    long value = HuffmanTable.value(code, bits);
    return length
        | (length << 8)
        | ((long) (advance == HuffmanTable.END_OF_BLOCK ? END_OF_BLOCK : advance) << 16)
        | ((value & 0xffff) << 32)
        | (value << 48);
  }

  private static long both(long first, long second) {
    return (length(first) + length(second))
        | (first & 0xffff_00ff_ff00L)
        | ((long) advance(second) << 24)
        | (second & 0xffff_0000_0000_0000L);
  }

  static int length(long entry) {
    return (int) entry & 63;
  }

  static int firstLength(long entry) {
    return ((int) entry >> 8) & 63;
  }

  static int advance(long entry) {
    return ((int) entry >> 16) & 0xff;
  }

  static int secondAdvance(long entry) {
    return (int) entry >>> 24;
  }

  static int coefficient(long entry) {
    return (short) (entry >> 32);
  }

  static int secondCoefficient(long entry) {
    return (int) (entry >> 48);
  }
}
