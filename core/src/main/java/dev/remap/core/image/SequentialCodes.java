package dev.remap.core.image;

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

  private static final int LAST = 63;

  /** A number of bits below 64 with this set is at least 56, and by whole bytes more. */
  private static final int FULL = 56;

  /** Bytes of a file whose codes are stepped over several at once. */
  private static final int WORTH_RUNS = 1 << 17;

  private final JpegBits bits;
  private HuffmanTable dc;
  private HuffmanTable ac;
  private int difference;

  SequentialCodes(JpegBits bits) {
    this.bits = bits;
  }

  /** From now on with these tables; null is none. */
  void use(HuffmanTable means, HuffmanTable others) {
    dc = means;
    ac = others;
    if (ac != null && bits.size() > WORTH_RUNS) {
      ac.findRuns();
    }
  }

  boolean hasTables() {
    return dc != null && ac != null;
  }

  boolean hasTablesWithinRules() {
    return dc.withinRules() && dc.isOfMeans() && ac.withinRules();
  }

  /** By how much the mean of the last block that was stepped over differs from the one before. */
  int difference() {
    return difference;
  }

  /**
   * Steps over one block.
   *
   * @return false if the bits are no code, or codes of more coefficients than there are
   */
  boolean stepOver() {
    int[] runs = ac.runs();
    long at = bits.position();
    int next = (int) (at >>> 3) + 7;
    int known = FULL - (int) (at & 7);
    long ahead = bits.bytes(next - 7) >>> 8 << 8 << (at & 7);
    int entry = dc.entry(HuffmanTable.window(ahead));
    if (entry == 0) {
      return false;
    }
    difference = HuffmanTable.value(entry, ahead);
    int length = HuffmanTable.lengthWithExtraBits(entry);
    int index = 0;
    do {
      ahead <<= length;
      known -= length;
      ahead |= bits.bytes(next) >>> known;
      next += (LAST - known) >> 3;
      known |= FULL;
      entry = runs[HuffmanTable.runIndex(ahead)];
      // A block that ends within the run ends at a code, which is found one by one.
      if (entry != 0 && index + (entry >>> 24) < LAST) {
        length = entry & 0xff;
        index += (entry >>> 8) & 0xffff;
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
   * @param coefficients {@value #ROOM} of them, in the order of the codes, zeros before: becomes
   *     the coefficients, of the first one its difference from the block before
   * @return the index of the last coefficient that is not zero, or a later one; {@link #NONE} if
   *     the bits are no code, or codes of more coefficients than there are
   */
  int read(int[] coefficients) {
    CoefficientPairs others = ac.coefficients();
    long[] pairs = others.pairs();
    long at = bits.position();
    int next = (int) (at >>> 3) + 7;
    int known = FULL - (int) (at & 7);
    long ahead = bits.bytes(next - 7) >>> 8 << 8 << (at & 7);
    int mean = dc.entry(HuffmanTable.window(ahead));
    if (mean == 0) {
      return NONE;
    }
    coefficients[0] = HuffmanTable.value(mean, ahead);
    int length = HuffmanTable.lengthWithExtraBits(mean);
    int last;
    int index = 0;
    do {
      ahead <<= length;
      known -= length;
      ahead |= bits.bytes(next) >>> known;
      next += (LAST - known) >> 3;
      known |= FULL;
      long entry = pairs[CoefficientPairs.index(ahead)];
      if (entry == 0) {
        entry = others.single(ahead);
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
      coefficients[index] = CoefficientPairs.coefficient(entry);
      last = index;
      index += CoefficientPairs.secondAdvance(entry);
      coefficients[index & (ROOM - 1)] = CoefficientPairs.secondCoefficient(entry);
      length = CoefficientPairs.length(entry);
    } while (index < LAST);
    bits.position(8L * next - known + length);
    if (index == LAST) {
      return LAST;
    }
    return index >= CoefficientPairs.END_OF_BLOCK ? last : NONE;
  }
}
