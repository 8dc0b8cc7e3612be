package dev.remap.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.job.evaluate.VectorTable;
import dev.remap.jobs.store.segment.VectorRow;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorSampleTest {
  private static final long SEED = 11;

  @TempDir private Path folder;

  @Test
  void aSampleIsTheLowestHashesWhateverTheUnitsOfTableAndTasks() {
    List<VectorRow> rows = VectorTable.rows(600, SEED);
    List<Long> expected =
        rows.stream()
            .map(VectorRow::key)
            .sorted(Comparator.comparingDouble(key -> Mix.unit(key, 3)))
            .limit(150)
            .toList();
    for (int perUnit : new int[] {45, 170, 5000}) {
      try (JobContext context = context(perUnit)) {
        Vectors vectors = VectorTable.write(context.store(), "w" + perUnit, rows, 2 * perUnit);

        List<VectorSample.Entry> drawn = VectorSample.draw(context, vectors, 150, 3);

        assertThat(drawn.stream().map(VectorSample.Entry::key))
            .as("seed %d, %d per task", SEED, perUnit)
            .isEqualTo(expected);
        Map<Long, VectorRow> byKey = byKey(rows);
        assertThat(drawn)
            .allSatisfy(
                entry -> {
                  assertThat(entry.vector()).isEqualTo(byKey.get(entry.key()).vector());
                  assertThat(entry.imageId()).isEqualTo(byKey.get(entry.key()).imageId());
                });
      }
    }
  }

  private static Map<Long, VectorRow> byKey(List<VectorRow> rows) {
    return rows.stream().collect(java.util.stream.Collectors.toMap(VectorRow::key, row -> row));
  }

  private JobContext context(int perUnit) {
    return LocalSpark.context(
        folder.resolve("store"), Map.of("unit.images", Integer.toString(perUnit)));
  }

  @Test
  void aSampleOfMoreThanThereIsIsAll() {
    List<VectorRow> rows = VectorTable.rows(30, SEED);
    try (JobContext context = context(8)) {
      Vectors vectors = VectorTable.write(context.store(), "all", rows, 8);

      assertThat(VectorSample.draw(context, vectors, 1000, 3))
          .extracting(VectorSample.Entry::key)
          .containsExactlyInAnyOrderElementsOf(rows.stream().map(VectorRow::key).toList());
      assertThat(VectorSample.draw(context, vectors, 0, 3)).isEmpty();
    }
  }
}
