package dev.remap.core.image.jpeg;

import java.util.Arrays;

/**
 * The codes of one colour channel of a sequential frame, block by block (ITU-T T.81, F.2): stepped
 * over, or read.
 *
 * <p>In both, 56 bits or more are ahead before each step. They are filled up without asking how
 * many are left, since a processor cannot foresee the answer.
 */
final class SequentialCodes {
  /** Of a block that is no block. */
  static final int NONE = -1;

  /** How long an array of coefficients is: what lies behind the 64 is of no account. */
  static final int ROOM = 256;

  /** Where in rows of eight a coefficient belongs by its index; what is no index lies behind. */
  private static final byte[] PLACES = places();

  private static final int LAST = 63;

  /** A number of bits below 64 with this set is at least 56, and by whole bytes more. */
  private static final int FULL = 56;

  /** Bytes of a file whose codes are stepped over several at once. */
  private static final int WORTH_RUNS = 1 << 17;

  private final JpegBits bits;
  private HuffmanTable dc;
  private HuffmanTable ac;
  private MeanCodes means;
  private int[] runs;
  private CoefficientPairs pairs;
  private int difference;

  SequentialCodes(JpegBits bits) {
    this.bits = bits;
  }

  private static byte[] places() {
    byte[] places = new byte[ROOM];
    Arrays.fill(places, (byte) (LAST + 1));
    int index = 0;
    for (int diagonal = 0; diagonal < 15; diagonal++) {
      for (int step = 0; step <= diagonal; step++) {
        int row = diagonal % 2 == 0 ? diagonal - step : step;
        int column = diagonal - row;
        if (row < 8 && column < 8) {
          places[index++] = (byte) (row * 8 + column);
        }
      }
    }
    return places;
  }

  /** Puts what comes in the order of the codes, as T.81, A.3.6 has it, into rows of eight. */
  static int[] inRows(int[] ordered) {
    int[] rows = new int[ordered.length];
    for (int i = 0; i < rows.length; i++) {
      rows[PLACES[i]] = ordered[i];
    }
    return rows;
  }

  /** From now on with these tables; null is none. */
  void use(HuffmanTable first, HuffmanTable others) {
    dc = first;
    ac = others;
    if (hasTables()) {
      means = dc.means();
      if (bits.size() > WORTH_RUNS) {
        ac.findRuns();
      }
      runs = ac.runs();
    }
  }

  /** Makes {@link #read} possible. */
  void findPairs() {
    pairs = ac.coefficients();
  }

  boolean hasTables() {
    return dc != null && ac != null;
  }

  boolean hasTablesWithinRules() {
    return dc.withinRules() && dc.isOfMeans() && ac.withinRules();
  }

  HuffmanTable dc() {
    return dc;
  }

  HuffmanTable ac() {
    return ac;
  }

  /** By how much the mean of the last block that was stepped over differs from the one before. */
  int difference() {
    return difference;
  }

  /**
   * Reads a block's mean alone, for {@link #difference}.
   *
   * @return false if the bits are no code
   */
  boolean readMean() {
    long ahead = bits.ahead(bits.position());
    int code = dc.entry(HuffmanTable.window(ahead));
    difference = HuffmanTable.value(code, ahead);
    return code != 0;
  }

  /**
   * Steps over one block.
   *
   * @return false if the bits are no code, or codes of more coefficients than there are
   */
  boolean stepOver() {
    int[] steps = runs;
    long at = bits.position();
    int next = (int) (at >>> 3) + 7;
    int known = FULL - (int) (at & 7);
    long ahead = bits.bytes(next - 7) >>> 8 << 8 << (at & 7);
    int entry = means.entry(ahead);
    if (entry == 0) {
      return false;
    }
    difference = MeanCodes.difference(entry);
    int length = MeanCodes.length(entry);
    int index = 0;
    do {
      ahead <<= length;
      known -= length;
      ahead |= bits.bytes(next) >>> known;
      next += (LAST - known) >> 3;
      known |= FULL;
      entry = steps[HuffmanTable.runIndex(ahead)];
      // A block that ends within the run ends at a code, which is found one by one.
      if (index + (entry >>> 24) < LAST) {
        length = (entry >>> 16) & 0xff;
        index += entry & 0xff;
      } else {
        entry = ac.entry(HuffmanTable.window(ahead));
        if (entry == 0) {
          return false;
        }
        length = HuffmanTable.lengthWithExtraBits(entry);
        index += HuffmanTable.advance(entry);
      }
    } while (index < LAST);
    bits.position(8L * next - known + length);
    return index == LAST || index >= HuffmanTable.END_OF_BLOCK;
  }

  /**
   * Reads one block.
   *
   * @param coefficients {@value #ROOM} of them, in rows of eight, zeros before: becomes the
   *     coefficients, of the first one its difference from the block before
   * @return the index of the last coefficient that is not zero, or a later one; {@link #NONE} if
   *     the bits are no code, or codes of more coefficients than there are
   */
  int read(int[] coefficients) {
    long[] steps = pairs.pairs();
    long at = bits.position();
    int next = (int) (at >>> 3) + 7;
    int known = FULL - (int) (at & 7);
    long ahead = bits.bytes(next - 7) >>> 8 << 8 << (at & 7);
    int mean = means.entry(ahead);
    if (mean == 0) {
      return NONE;
    }
    coefficients[0] = MeanCodes.difference(mean);
    int length = MeanCodes.length(mean);
    int last;
    int index = 0;
    do {
      ahead <<= length;
      known -= length;
      ahead |= bits.bytes(next) >>> known;
      next += (LAST - known) >> 3;
      known |= FULL;
      long entry = steps[CoefficientPairs.index(ahead)];
      if (entry == 0) {
        entry = pairs.single(ahead);
        if (entry == 0) {
          return NONE;
        }
      }
      last = index;
      index += CoefficientPairs.advance(entry);
      if (index >= LAST) {
        // The second code, if there is one, is the next block's.
        length = CoefficientPairs.firstLength(entry);
        if (index == LAST) {
          last = LAST;
          coefficients[LAST] = CoefficientPairs.coefficient(entry);
        }
        break;
      }
      coefficients[PLACES[index]] = CoefficientPairs.coefficient(entry);
      last = index;
      index += CoefficientPairs.secondAdvance(entry);
      coefficients[PLACES[index & (ROOM - 1)]] = CoefficientPairs.secondCoefficient(entry);
      length = CoefficientPairs.length(entry);
    } while (index < LAST);
    bits.position(8L * next - known + length);
    if (index == LAST) {
      return LAST;
    }
    return index >= CoefficientPairs.END_OF_BLOCK ? last : NONE;
  }
}
