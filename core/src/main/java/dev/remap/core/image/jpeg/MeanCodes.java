package dev.remap.core.image.jpeg;

/**
 * The DC codes of a Huffman table with the differences of means that they bring. An entry packs
 * bits 0..7 a code's length with its extra bits, 16..31 the signed difference; 0 is no code.
 */
final class MeanCodes {
  private static final int BITS = 10;

  private final HuffmanTable table;
  private final int[] entries = new int[1 << BITS];

  MeanCodes(HuffmanTable table) {
    this.table = table;
    for (int i = 0; i < entries.length; i++) {
      int entry = find((long) i << (Long.SIZE - BITS));
      entries[i] = length(entry) <= BITS ? entry : 0;
    }
  }

  /** The entry of the code that 64 bits begin with. */
  int entry(long bits) {
    int entry = entries[(int) (bits >>> (Long.SIZE - BITS))];
    return entry != 0 ? entry : find(bits);
  }

  private int find(long bits) {
    int code = table.entry(HuffmanTable.window(bits));
    return code == 0
        ? 0
        : HuffmanTable.lengthWithExtraBits(code) | (HuffmanTable.value(code, bits) << 16);
  }

  static int length(int entry) {
    return entry & 0xff;
  }

  static int difference(int entry) {
    return entry >> 16;
  }
}
