package dev.remap.core.image.jpeg;

import dev.remap.core.natives.CoreNatives;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where the blocks of a large sequential scan begin, found by three walks over its codes at once,
 * which takes half as long as one walk ({@code block_starts.c} says how). The result is that of one
 * walk, exactly; where three do not find it (damage, codes left over, no library for this
 * platform), one has to.
 */
final class BlockStarts {
  /** Bytes of a scan from which on the search is worth its tables. */
  static final int LEAST_BYTES = 1 << 17;

  /** Positions of bits are of 31 bits. */
  private static final int MOST_BYTES = 1 << 27;

  /** Blocks of a unit: what T.81 (B.2.3) allows. */
  private static final int MOST_PLACES = 10;

  private BlockStarts() {}

  /**
   * Of each block its first bit, and the bit behind the last one.
   *
   * @param bits of one interval, from the first one on
   * @param unit the channel of each block of a unit, sequential and with tables
   * @param blocks how many there should be
   */
  static Optional<int[]> find(JpegBits bits, JpegBlocks[] unit, int blocks) {
    boolean fits =
        bits.length() >= LEAST_BYTES
            && bits.length() < MOST_BYTES
            && unit.length > 0
            && unit.length <= MOST_PLACES
            && Arrays.stream(unit).allMatch(JpegBlocks::hasTablesWithinRules);
    if (!fits || !CoreNatives.load()) {
      return Optional.empty();
    }
    List<HuffmanTable> dc = tables(unit, SequentialCodes::dc);
    List<HuffmanTable> ac = tables(unit, SequentialCodes::ac);
    int[] kinds = new int[2 * unit.length];
    for (int place = 0; place < unit.length; place++) {
      SequentialCodes codes = unit[place].codes();
      kinds[2 * place] = dc.indexOf(codes.dc());
      kinds[2 * place + 1] = dc.size() + ac.indexOf(codes.ac());
    }
    ac.forEach(HuffmanTable::findRuns);
    int[] starts = new int[blocks + 1];
    boolean found =
        find(
            bits.bytes(),
            bits.length(),
            joined(dc, HuffmanTable::meanRuns, ac, HuffmanTable::runs),
            joined(dc, HuffmanTable::description, ac, HuffmanTable::description),
            kinds,
            starts);
    return found ? Optional.of(starts) : Optional.empty();
  }

  private static List<HuffmanTable> tables(
      JpegBlocks[] unit, Function<SequentialCodes, HuffmanTable> kind) {
    return Arrays.stream(unit).map(channel -> kind.apply(channel.codes())).distinct().toList();
  }

  private static int[] joined(
      List<HuffmanTable> dc,
      Function<HuffmanTable, int[]> ofDc,
      List<HuffmanTable> ac,
      Function<HuffmanTable, int[]> ofAc) {
    List<int[]> parts = Stream.concat(dc.stream().map(ofDc), ac.stream().map(ofAc)).toList();
    int length = parts.get(0).length;
    int[] joined = new int[length * parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, joined, i * length, length);
    }
    return joined;
  }

  /**
   * @param runs of each table
   * @param descriptions of each table
   * @param kinds of each block of a unit the number of its DC table and of its AC table
   * @param starts one more than there are blocks: becomes where they begin, and the last one ends
   */
  private static native boolean find(
      byte[] bits, int length, int[] runs, int[] descriptions, int[] kinds, int[] starts);
}
