package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPartitionerTest {
  private static final String TABLE = "vectors";

  @ParameterizedTest
  @CsvSource({"1,100,1", "100,100,1", "101,100,2", "250,100,3", "1000000000,16384,61036", "0,5,1"})
  void unitsAreAsManyAsTheRowsNeed(long rows, long perUnit, int units) {
    assertCovers(KeyPartitioner.even(rows, perUnit), rows, units);
  }

  /** A plan refuses units that leave keys out, overlap or are out of order. */
  private static void assertCovers(List<Unit> units, long rows, int count) {
    Plan plan = new Plan(Inputs.NONE, units);
    assertThat(plan.units()).hasSize(count);
    assertThat(units.stream().mapToLong(Unit::images).sum()).isEqualTo(rows);
  }

  @Test
  void evenKeysFallIntoUnitsWhoseSizesDifferByOneAtMost() {
    for (int rows : new int[] {1, 2, 7, 64, 100, 1001}) {
      for (int perUnit : new int[] {1, 3, 10, 33, 2000}) {
        List<Unit> units = KeyPartitioner.even(rows, perUnit);
        int[] found = sizes(units, evenKeys(rows));
        String what = rows + " rows, " + perUnit + " per unit: " + Arrays.toString(found);
        assertThat(Arrays.stream(found).max().orElseThrow()).as(what).isLessThanOrEqualTo(perUnit);
        assertThat(Arrays.stream(found).max().getAsInt() - Arrays.stream(found).min().getAsInt())
            .as(what)
            .isLessThanOrEqualTo(1);
        assertThat(found)
            .as(what)
            .isEqualTo(units.stream().mapToInt(unit -> (int) unit.images()).toArray());
      }
    }
  }

  /** Keys in the middles of {@code rows} intervals of equal width. */
  private static long[] evenKeys(int rows) {
    double width = 0x1p63 / rows;
    return IntStream.range(0, rows).mapToLong(i -> (long) ((i + 0.5) * width)).toArray();
  }

  private static int[] sizes(List<Unit> units, long[] keys) {
    int[] sizes = new int[units.size()];
    for (long key : keys) {
      for (Unit unit : units) {
        if (key >= unit.range().from() && key <= unit.range().to()) {
          sizes[unit.number()]++;
        }
      }
    }
    return sizes;
  }

  @Test
  void cutsOfALayerCoverAllKeysAndAllRowsWhateverItsUnits() {
    long seed = 4711;
    Random random = new Random(seed);
    for (int trial = 0; trial < 300; trial++) {
      int[] rows = random.ints(1 + random.nextInt(12), 0, 1 + random.nextInt(40)).toArray();
      long total = Arrays.stream(rows).sum();
      int perUnit = 1 + random.nextInt(30);

      List<Unit> units = KeyPartitioner.of(ledger(rows, random), TABLE, perUnit);

      int wanted = (int) Math.max(1, (total + perUnit - 1) / perUnit);
      assertThat(units)
          .as(
              "seed %d, trial %d, rows %s, per unit %d",
              seed, trial, Arrays.toString(rows), perUnit)
          .allSatisfy(unit -> assertThat(unit.images()).isBetween(0L, (long) perUnit));
      assertCovers(units, total, wanted);
    }
  }

  /** A finished layer of units with those rows and random cuts. */
  private static Ledger ledger(int[] rows, Random random) {
    long[] ends =
        random.longs(rows.length - 1, 1L << 20, Long.MAX_VALUE - (1 << 20)).sorted().toArray();
    List<UnitRecord> records = new ArrayList<>();
    long from = 0;
    for (int i = 0; i < rows.length; i++) {
      long to = i < ends.length ? ends[i] : Long.MAX_VALUE;
      records.add(record(i, from, to, rows[i]));
      from = to + 1;
    }
    return new Ledger("layer", Inputs.NONE, records);
  }

  private static UnitRecord record(int unit, long from, long to, long rows) {
    SegmentRef segment = new SegmentRef(new FileRef("f" + unit, 1, "0".repeat(64)), rows);
    return new UnitRecord(
        unit,
        new KeyRange(from, to),
        new Attempt("run", unit),
        new TreeMap<>(Map.of(TABLE, segment)),
        new TreeMap<>());
  }

  /** Rows evenly inside each unit of a layer, the units of very different density. */
  @Test
  void cutsFollowTheRowsOfTheLayerNotTheWidthOfItsRanges() {
    long quarter = 1L << 61;
    Ledger ledger =
        new Ledger(
            "layer",
            Inputs.NONE,
            List.of(record(0, 0, quarter - 1, 900), record(1, quarter, Long.MAX_VALUE, 100)));
    List<Long> keys = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      keys.add((long) ((i + 0.5) * (quarter / 900.0)));
    }
    for (int i = 0; i < 100; i++) {
      keys.add(quarter + (long) ((i + 0.5) * (3.0 * quarter / 100)));
    }

    int[] sizes =
        sizes(
            KeyPartitioner.of(ledger, TABLE, 100),
            keys.stream().mapToLong(Long::longValue).toArray());

    assertThat(sizes).hasSize(10).containsOnly(100);
  }

  @Test
  void shardsAreCutByTheirNumberAndTheRowsAlone() {
    assertThat(KeyPartitioner.into(300, 3)).isEqualTo(KeyPartitioner.even(300, 100));
    assertCovers(KeyPartitioner.into(300, 7), 300, 7);
    assertCovers(KeyPartitioner.into(2, 5), 2, 5);
    assertCovers(KeyPartitioner.into(0, 1), 0, 1);
  }
}
