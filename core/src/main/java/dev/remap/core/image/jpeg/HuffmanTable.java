package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import java.util.Arrays;

/**
 * One JPEG Huffman table (ITU-T T.81, annex C), for finding where codes end and what they bring.
 *
 * <p>An entry packs what a code means: bits 0..7 its length, 8..15 its symbol, 16..23 its length
 * with the extra bits that follow it, 24..31 by how much a sequential AC code advances the
 * coefficient index (an end-of-block by {@value #END_OF_BLOCK}). 0 is no code.
 */
final class HuffmanTable {
  static final int END_OF_BLOCK = 100;
  static final int WINDOW_BITS = 16;

  private static final int FAST_BITS = 10;
  private static final int RUN_BITS = 13;

  /** Of a run that is none: as if it went beyond a block's last coefficient. */
  private static final int NO_RUN = 127 << 24;

  private static final int LAST_COEFFICIENT = 63;

  private static final int MOST_SYMBOLS = 256;

  /** For tables of which nobody wants runs. */
  private static final int[] NO_RUNS = noRuns();

  private final int[] fast = new int[1 << FAST_BITS];
  private final int[] entries;
  // Of the codes of each length: the first one, how many, and the index of the first.
  private final int[] firstCode = new int[WINDOW_BITS + 1];
  private final int[] counts = new int[WINDOW_BITS + 1];
  private final int[] firstEntry = new int[WINDOW_BITS + 1];
  private final boolean withinRules;
  private volatile int[] runs = NO_RUNS;
  private volatile CoefficientPairs coefficients;
  private volatile MeanCodes means;

  /**
   * @param at where in the current segment the 16 counts are, which the symbols follow
   */
  HuffmanTable(JpegMarkers markers, int at) throws ImageException {
    int symbols = 0;
    int code = 0;
    boolean allOnes = false;
    for (int length = 1; length <= WINDOW_BITS; length++) {
      counts[length] = markers.u8(at + length - 1);
      firstCode[length] = code;
      firstEntry[length] = symbols;
      symbols += counts[length];
      code += counts[length];
      if (code > 1 << length) {
        throw new ImageException("JPEG is damaged: a Huffman table has too many codes");
      }
      allOnes |= counts[length] > 0 && code == 1 << length;
      code <<= 1;
    }
    withinRules = !allOnes && symbols <= MOST_SYMBOLS;
    entries = new int[symbols];
    for (int length = 1; length <= WINDOW_BITS; length++) {
      for (int i = 0; i < counts[length]; i++) {
        int entry = firstEntry[length] + i;
        entries[entry] = entry(length, markers.u8(at + WINDOW_BITS + entry));
        fillFast(length, firstCode[length] + i, entries[entry]);
      }
    }
  }

  private static int[] noRuns() {
    int[] none = new int[1 << RUN_BITS];
    Arrays.fill(none, NO_RUN);
    return none;
  }

  private static int entry(int length, int symbol) {
    int run = symbol >> 4;
    int size = symbol & 15;
    int advance = size > 0 ? run + 1 : run == 15 ? 16 : END_OF_BLOCK;
    return length | (symbol << 8) | ((length + size) << 16) | (advance << 24);
  }

  private void fillFast(int length, int code, int entry) {
    if (length <= FAST_BITS) {
      int spare = FAST_BITS - length;
      Arrays.fill(fast, code << spare, (code + 1) << spare, entry);
    }
  }

  /**
   * Whether no code is all ones and no symbol has two (T.81, C.2): decoders refuse other tables.
   */
  boolean withinRules() {
    return withinRules;
  }

  /** Whether a table of this kind can say of how many bits means differ: with 15 at the most. */
  boolean isOfMeans() {
    return Arrays.stream(entries).allMatch(entry -> symbol(entry) < WINDOW_BITS);
  }

  /** How many bytes of the segment the table takes. */
  int bytes() {
    return WINDOW_BITS + entries.length;
  }

  /** The leftmost {@value #WINDOW_BITS} of 64 bits. */
  static int window(long bits) {
    return (int) (bits >>> (Long.SIZE - WINDOW_BITS));
  }

  /** The entry of the code that a window of the next {@value #WINDOW_BITS} bits begins with. */
  int entry(int window) {
    int entry = fast[window >>> (WINDOW_BITS - FAST_BITS)];
    return entry != 0 ? entry : longEntry(window);
  }

  private int longEntry(int window) {
    for (int length = FAST_BITS + 1; length <= WINDOW_BITS; length++) {
      int index = (window >>> (WINDOW_BITS - length)) - firstCode[length];
      if (index >= 0 && index < counts[length]) {
        return entries[firstEntry[length] + index];
      }
    }
    return 0;
  }

  /**
   * Makes {@link #runs} for sequential AC codes. It takes about as long as stepping over 10,000
   * codes, so large scans are worth it.
   */
  void findRuns() {
    if (runs == NO_RUNS) {
      int[] found = new int[1 << RUN_BITS];
      for (int bits = 0; bits < found.length; bits++) {
        found[bits] = run(bits);
      }
      runs = found;
    }
  }

  /** The codes, with their extra bits, that lie in the leftmost bits of a window as a whole. */
  private int run(int bits) {
    int length = 0;
    int advance = 0;
    while (advance < LAST_COEFFICIENT) {
      int entry = entry(window(bits, length));
      if (entry == 0 || length + lengthWithExtraBits(entry) > RUN_BITS) {
        break;
      }
      length += lengthWithExtraBits(entry);
      advance += advance(entry);
    }
    int within = advance < END_OF_BLOCK ? advance : advance - END_OF_BLOCK;
    return length == 0 ? NO_RUN : advance | (length << 16) | (within << 24);
  }

  private static int window(int bits, int from) {
    return (bits << (WINDOW_BITS - RUN_BITS + from)) & ((1 << WINDOW_BITS) - 1);
  }

  /**
   * Of each {@value #RUN_BITS} bits the whole codes that they begin with, as one step: bits 0..7 by
   * how much they advance the coefficient index, 16..23 how long they are, 24..31 by how much those
   * before an end-of-block advance it. Where there is none, and everywhere before {@link
   * #findRuns}, so much that it is beyond a block. An index into it is the leftmost bits of {@link
   * JpegBits#ahead}.
   */
  int[] runs() {
    return runs;
  }

  /** The same of single DC codes, which count as ends of what they are: of a block's mean. */
  int[] meanRuns() {
    int[] found = new int[1 << RUN_BITS];
    for (int bits = 0; bits < found.length; bits++) {
      int entry = entry(window(bits, 0));
      int length = lengthWithExtraBits(entry);
      found[bits] = entry == 0 || length > RUN_BITS ? NO_RUN : END_OF_BLOCK | (length << 16);
    }
    return found;
  }

  /**
   * For codes of any length: of each length 0..16 the first code, then how many there are, then
   * where the first one's entry is; then {@value #MOST_SYMBOLS} entries.
   */
  int[] description() {
    int lengths = WINDOW_BITS + 1;
    int[] description = new int[3 * lengths + MOST_SYMBOLS];
    System.arraycopy(firstCode, 0, description, 0, lengths);
    System.arraycopy(counts, 0, description, lengths, lengths);
    System.arraycopy(firstEntry, 0, description, 2 * lengths, lengths);
    System.arraycopy(entries, 0, description, 3 * lengths, entries.length);
    return description;
  }

  /** The index into {@link #runs} that 64 bits begin with. */
  static int runIndex(long bits) {
    return (int) (bits >>> (Long.SIZE - RUN_BITS));
  }

  /** The same codes with what they bring; DC codes only. */
  MeanCodes means() {
    MeanCodes found = means;
    if (found == null) {
      found = new MeanCodes(this);
      means = found;
    }
    return found;
  }

  /** The same codes with what they bring; sequential AC codes only. */
  CoefficientPairs coefficients() {
    CoefficientPairs found = coefficients;
    if (found == null) {
      found = new CoefficientPairs(this);
      coefficients = found;
    }
    return found;
  }

  /**
   * The signed number that a code's extra bits stand for (T.81, F.12).
   *
   * @param bits leftmost the code
   */
  static int value(int entry, long bits) {
    int size = symbol(entry) & 15;
    int extra = (int) (bits << length(entry) >>> 1 >>> (Long.SIZE - 1 - size));
    int negative = (extra - (1 << size >> 1)) >> (Integer.SIZE - 1);
    return extra + (negative & ((-1 << size) + 1));
  }

  static int length(int entry) {
    return entry & 0xff;
  }

  static int symbol(int entry) {
    return (entry >>> 8) & 0xff;
  }

  static int lengthWithExtraBits(int entry) {
    return (entry >>> 16) & 0xff;
  }

  static int advance(int entry) {
    return entry >>> 24;
  }
}
