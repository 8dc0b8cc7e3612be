package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.evaluate.VectorTable;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are wanted or drawn are found without reading the segments that have none of them. */
class VectorsByKeyTest {
  private static final long SEED = 29;
  private static final long MIX = 3;
  private static final int PER_UNIT = 25;

  @TempDir private Path folder;
  private final List<VectorRow> rows = VectorTable.rows(2000, SEED);

  @Test
  void findsKeysWithoutReadingTheSegmentsThatHaveNoneOfThem() throws IOException {
    List<Long> keys = new ArrayList<>();
    // A unit with some, one with more than are looked for one by one, and what there is not.
    rows.subList(700, 703).forEach(row -> keys.add(row.key()));
    rows.subList(1500, 1520).forEach(row -> keys.add(row.key()));
    keys.add(rows.get(701).key() + 1);
    Collections.shuffle(keys, new Random(SEED));
    List<VectorRow> expected = rows.stream().filter(row -> keys.contains(row.key())).toList();
    try (JobContext context = context()) {
      Vectors vectors = VectorTable.write(context.store(), "w", rows, PER_UNIT);
      int left = keep(context, vectors, range -> keys.stream().anyMatch(range::contains));
      assertThat(left).isLessThan(6);

      List<VectorsByKey.Entry> found = VectorsByKey.collect(context, vectors, keys);

      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).key()).as("seed %d", SEED).isEqualTo(expected.get(i).key());
        assertThat(found.get(i).imageId()).isEqualTo(expected.get(i).imageId());
        assertThat(found.get(i).vector()).isEqualTo(expected.get(i).vector());
      }
      assertThat(VectorsByKey.collect(context, vectors, List.of())).isEmpty();
    }
  }

  @Test
  void drawsKeysWithoutReadingTheSegmentsBesideItsRanges() throws IOException {
    List<KeyRange> ranges = KeySample.ranges(16, KeySample.share(30, rows.size()));
    try (JobContext context = context()) {
      Vectors vectors = VectorTable.write(context.store(), "w", rows, PER_UNIT);
      int left = keep(context, vectors, range -> ranges.stream().anyMatch(range::overlaps));
      assertThat(left).isLessThan(rows.size() / PER_UNIT / 2);

      List<Long> drawn = KeySample.draw(context, vectors, 30, MIX);

      assertThat(drawn).hasSize(30).doesNotHaveDuplicates();
      assertThat(drawn)
          .isSortedAccordingTo(Comparator.comparingDouble(key -> SplitMix64.unit(key, MIX)));
      assertThat(rows.stream().map(VectorRow::key)).containsAll(drawn);
    }
  }

  @Test
  void aDrawOfNearlyAllIsThatOfTheLowestHashes() {
    try (JobContext context = context()) {
      Vectors vectors = VectorTable.write(context.store(), "w", rows, PER_UNIT);

      assertThat(KeySample.draw(context, vectors, 1900, MIX))
          .isEqualTo(
              rows.stream()
                  .map(VectorRow::key)
                  .sorted(Comparator.comparingDouble(key -> SplitMix64.unit(key, MIX)))
                  .limit(1900)
                  .toList());
      assertThat(KeySample.draw(context, vectors, 5000, MIX)).hasSize(2000);
    }
  }

  /** Deletes the segments of all other units; returns how many are left. */
  private static int keep(JobContext context, Vectors vectors, Predicate<KeyRange> units)
      throws IOException {
    int left = 0;
    for (UnitRecord unit : vectors.ledger(context.store()).units()) {
      if (units.test(unit.range())) {
        left++;
      } else {
        String path = unit.segments().get(TableKind.VECTORS.rows()).path();
        Files.delete(Path.of(java.net.URI.create(context.store().locate(path))));
      }
    }
    return left;
  }

  private JobContext context() {
    return LocalSpark.sharing(
        folder.resolve("store"), Map.of("unit.images", Integer.toString(PER_UNIT)));
  }
}
