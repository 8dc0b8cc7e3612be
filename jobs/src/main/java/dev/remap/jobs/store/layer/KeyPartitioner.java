package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.segment.KeyRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the key space into units of about equal work. Keys are hashes, so rows lie evenly inside a
 * segment, and a cut between two known ranks is interpolated.
 */
public final class KeyPartitioner {
  private KeyPartitioner() {}

  /** Units of equal width for {@code rows} evenly spread keys, at most {@code perUnit} in each. */
  public static List<Unit> even(long rows, long perUnit) {
    return into(rows, count(rows, perUnit));
  }

  /**
   * Units of evenly spread keys that are the nodes of one level of the binary tree over all keys:
   * as many as a power of two, so that half to all of {@code perUnit} are in each.
   */
  public static List<Unit> nodes(long rows, long perUnit) {
    int least = count(rows, perUnit);
    int power = Integer.highestOneBit(least);
    return ranges(rows, power == least ? least : Math.multiplyExact(power, 2));
  }

  /**
   * Exactly {@code count} ranges of about equal width. They depend on these two numbers alone, so
   * that shards do not change with the size of the units that their vectors were made in.
   */
  static List<Unit> into(long rows, int count) {
    return into(rows, count, List.of(new Piece(KeyRange.ALL, rows)));
  }

  /**
   * {@code count} ranges of the same width, whatever the rows: those of twice as many halve them.
   */
  public static List<Unit> ranges(long rows, int count) {
    BigInteger keys = BigInteger.ONE.shiftLeft(Long.SIZE - 1);
    List<Unit> units = new ArrayList<>();
    long from = 0;
    for (int i = 1; i <= count; i++) {
      long end =
          keys.multiply(BigInteger.valueOf(i))
              .divide(BigInteger.valueOf(count))
              .subtract(BigInteger.ONE)
              .longValueExact();
      long images = part(rows, i, count) - part(rows, i - 1, count);
      units.add(new Unit(units.size(), new KeyRange(from, end), images));
      from = end + 1;
    }
    return units;
  }

  /** Units of about {@code perUnit} rows of a finished layer's table. */
  public static List<Unit> of(Ledger ledger, String table, long perUnit) {
    long rows = ledger.rows(table);
    return into(rows, count(rows, perUnit), pieces(ledger, table));
  }

  private static int count(long rows, long perUnit) {
    return Math.toIntExact(units(rows, perUnit));
  }

  /** How many units of at most {@code perUnit} rows those are. */
  public static long units(long rows, long perUnit) {
    return Math.max(1, (rows + perUnit - 1) / perUnit);
  }

  private record Piece(KeyRange range, long rows) {}

  private static List<Piece> pieces(Ledger ledger, String table) {
    return ledger
        .segments(table, KeyRange.ALL)
        .map(placed -> new Piece(placed.range(), placed.segment().rows()))
        .toList();
  }

  private static List<Unit> into(long rows, int count, List<Piece> pieces) {
    List<Unit> units = new ArrayList<>();
    long from = 0;
    long ranked = 0;
    int piece = 0;
    for (int i = 1; i < count; i++) {
      long wanted = part(rows, i, count);
      while (ranked + pieces.get(piece).rows < wanted) {
        ranked += pieces.get(piece++).rows;
      }
      long end = Math.max(from, keyAt(pieces.get(piece), wanted - ranked));
      units.add(new Unit(units.size(), new KeyRange(from, end), wanted - part(rows, i - 1, count)));
      from = end + 1;
    }
    units.add(
        new Unit(
            units.size(), new KeyRange(from, Long.MAX_VALUE), rows - part(rows, count - 1, count)));
    return units;
  }

  /** ⌊rows · i / count⌋ without overflow. */
  private static long part(long rows, int i, int count) {
    return BigInteger.valueOf(rows)
        .multiply(BigInteger.valueOf(i))
        .divide(BigInteger.valueOf(count))
        .longValueExact();
  }

  /**
   * The last key of the first {@code rank} rows of a piece, if they lie evenly; never its very
   * last.
   */
  private static long keyAt(Piece piece, long rank) {
    BigInteger width =
        BigInteger.valueOf(piece.range.to())
            .subtract(BigInteger.valueOf(piece.range.from()))
            .add(BigInteger.ONE);
    long offset =
        width
            .multiply(BigInteger.valueOf(rank))
            .divide(BigInteger.valueOf(Math.max(1, piece.rows)))
            .subtract(BigInteger.ONE)
            .max(BigInteger.ZERO)
            .longValueExact();
    return Math.min(piece.range.from() + offset, Long.MAX_VALUE - 1);
  }
}
