package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.jpeg.JpegFrame.Component;
import java.util.Arrays;
import java.util.Optional;

/**
 * Steps over the codes of one colour channel, block by block (ITU-T T.81, annexes F.2 and G.2). Of
 * a progressive frame's coefficients it only keeps which ones are not zero: refinement scans hold
 * one bit for each of these. Of a sequential frame's it can make samples.
 */
final class JpegBlocks {
  private static final int COEFFICIENTS = 64;
  private static final int LONGEST_RUN = 15;
  private static final int NOTHING = -1;

  private final Component component;
  private final boolean progressive;
  private final int blocks;
  private final JpegBits bits;
  private final SequentialCodes sequential;
  // Of each coefficient: the lowest bit that scans have brought so far.
  private final int[] lowestBit = new int[COEFFICIENTS];
  private long[] nonZero;
  private HuffmanTable dc;
  private HuffmanTable ac;
  private int first;
  private int last;
  private int refined;
  private int endOfBandRun;
  private boolean seen;
  private boolean successive = true;
  private Optional<JpegPlane> plane = Optional.empty();

  JpegBlocks(JpegFrame frame, Component component, JpegBits bits) {
    this.component = component;
    this.progressive = frame.progressive();
    this.blocks = frame.blocksWide(component) * frame.blocksHigh(component);
    this.bits = bits;
    this.sequential = new SequentialCodes(bits);
    Arrays.fill(lowestBit, NOTHING);
  }

  int id() {
    return component.id();
  }

  /** Of a sequential frame. */
  SequentialCodes codes() {
    return sequential;
  }

  int blocks() {
    return blocks;
  }

  int blocksInMcu() {
    return component.horizontal() * component.vertical();
  }

  /** Whether a scan brought the mean of each block, without which there is no picture. */
  boolean seen() {
    return seen;
  }

  /** Whether scans have brought every coefficient of every block to its last bit. */
  boolean complete() {
    return progressive ? successive && Arrays.stream(lowestBit).allMatch(bit -> bit == 0) : seen;
  }

  /** Whether each scan began with the bit that the one before had reached: none is lost between. */
  boolean successive() {
    return successive;
  }

  /**
   * Of a sequential frame a scan brings all there is, whatever its header says of bands and bits,
   * as decoders have it: some encoders write zeros there.
   *
   * @param channels how many channels the scan holds
   * @param first first coefficient of the scan's band
   * @param last last coefficient of the band
   * @param approximation in its upper four bits the bit that an earlier scan reached, 0 if this is
   *     the band's first; in its lower four the bit that this one reaches
   */
  void startScan(
      HuffmanTable dc, HuffmanTable ac, int channels, int first, int last, int approximation)
      throws ImageException {
    this.dc = dc;
    this.ac = ac;
    if (!progressive) {
      seen = true;
      sequential.use(dc, ac);
      return;
    }
    if (first > last || last >= COEFFICIENTS) {
      throw new ImageException("JPEG is damaged: a scan of coefficients " + first + ".." + last);
    }
    if (first > 0 && channels > 1) {
      throw new ImageException("JPEG is damaged: " + channels + " channels in a scan for one");
    }
    this.first = first;
    this.last = last;
    this.refined = approximation >> 4;
    int before = refined == 0 ? NOTHING : refined;
    successive &= Arrays.stream(lowestBit, first, last + 1).allMatch(bit -> bit == before);
    Arrays.fill(lowestBit, first, last + 1, approximation & 15);
    seen |= first == 0;
    if (first > 0 && nonZero == null) {
      nonZero = new long[blocks + 1];
    }
  }

  /** Blocks of a sequential frame that are stepped over become samples from now on. */
  void fill(JpegPlane samples) {
    plane = Optional.of(samples);
    sequential.findPairs();
  }

  boolean hasTables() {
    if (!progressive) {
      return sequential.hasTables();
    }
    boolean needsDc = first == 0 && refined == 0;
    boolean needsAc = first > 0;
    return (dc != null || !needsDc) && (ac != null || !needsAc);
  }

  /** Whether every decoder takes the tables of a sequential scan. */
  boolean hasTablesWithinRules() {
    return sequential.hasTablesWithinRules();
  }

  void startInterval() {
    endOfBandRun = 0;
    plane.ifPresent(JpegPlane::startInterval);
  }

  /** Whether the scan's codes can only be read with what earlier scans brought to each block. */
  boolean refines() {
    return progressive && refined > 0;
  }

  /** Steps over a block that the picture does not have; nothing is kept of it. */
  boolean stepOverBeyond() {
    endOfBandRun = 0;
    if (nonZero != null) {
      nonZero[blocks] = 0;
    }
    return progressive ? stepOver(blocks) : sequential.stepOver();
  }

  /**
   * Steps over the next block.
   *
   * @param block its index in the channel; only used by scans of one channel
   * @return false if the bits are no code, or codes of more coefficients than there are
   */
  boolean stepOver(int block) {
    if (!progressive) {
      return plane.isPresent() ? plane.get().read(sequential, false) : sequential.stepOver();
    }
    if (first > 0) {
      return refined == 0 ? stepOverBand(block) : stepOverRefinement(block);
    }
    if (refined > 0) {
      bits.skip(1);
      return true;
    }
    int entry = dc.entry(bits.window());
    bits.skip(HuffmanTable.lengthWithExtraBits(entry));
    return entry != 0;
  }

  /**
   * Makes the samples of all blocks.
   *
   * @param starts of all blocks of all channels where they begin, and where the last one ends
   * @param place of the channel's first block in a unit
   * @param places of the channel in a unit
   * @param unit blocks of a unit
   */
  void makeSamples(int[] starts, int place, int places, int unit) {
    JpegPlane samples = plane.orElseThrow();
    for (int first = place; first < starts.length - 1; first += unit) {
      for (int block = first; block < first + places; block++) {
        bits.position(starts[block]);
        if (!samples.read(sequential, true)) {
          throw new IllegalStateException("a block that was found is none");
        }
      }
    }
  }

  private boolean stepOverBand(int block) {
    if (endOfBandRun > 0) {
      endOfBandRun--;
      return true;
    }
    int coefficient = first;
    while (coefficient <= last) {
      int entry = ac.entry(bits.window());
      int run = HuffmanTable.symbol(entry) >> 4;
      int size = HuffmanTable.symbol(entry) & 15;
      bits.skip(HuffmanTable.lengthWithExtraBits(entry));
      coefficient += run;
      if (entry == 0 || (size > 0 && coefficient > last)) {
        return false;
      }
      if (size > 0) {
        nonZero[block] |= 1L << coefficient;
      } else if (run < LONGEST_RUN) {
        endOfBandRun = (1 << run) - 1 + bits.take(run);
        return true;
      }
      coefficient++;
    }
    return true;
  }

  private boolean stepOverRefinement(int block) {
    int coefficient = first;
    while (endOfBandRun == 0 && coefficient <= last) {
      int entry = ac.entry(bits.window());
      int run = HuffmanTable.symbol(entry) >> 4;
      int size = HuffmanTable.symbol(entry) & 15;
      bits.skip(HuffmanTable.lengthWithExtraBits(entry));
      if (entry == 0 || size > 1) {
        return false;
      }
      if (size == 0 && run < LONGEST_RUN) {
        endOfBandRun = (1 << run) + bits.take(run);
      } else {
        coefficient = stepOverZeros(block, coefficient, run);
        if (size > 0 && coefficient > last) {
          return false;
        }
        nonZero[block] |= (long) size << coefficient;
        coefficient++;
      }
    }
    if (endOfBandRun > 0) {
      long rest = (-1L << coefficient) & (-1L >>> (COEFFICIENTS - 1 - last));
      bits.skip(Long.bitCount(nonZero[block] & rest));
      endOfBandRun--;
    }
    return true;
  }

  /** The zero coefficient after {@code run} others; those between that are not zero have a bit. */
  private int stepOverZeros(int block, int from, int run) {
    int coefficient = from;
    int zeros = run;
    for (; coefficient <= last; coefficient++) {
      if (((nonZero[block] >>> coefficient) & 1) != 0) {
        bits.skip(1);
      } else if (--zeros < 0) {
        return coefficient;
      }
    }
    return coefficient;
  }
}
