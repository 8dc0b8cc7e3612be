package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.evaluate.VectorTable;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.table.Vectors;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSampleTest {
  private static final long SEED = 11;
  private static final long MIX = 3;

  @TempDir private Path folder;

  @Test
  void aSampleIsTheLowestHashesInTheirOrderWhateverTheUnitsOfTableAndTasks() {
    List<VectorRow> rows = VectorTable.rows(600, SEED);
    for (int perUnit : new int[] {45, 170, 5000}) {
      try (JobContext context = context(perUnit)) {
        Vectors vectors = VectorTable.write(context.store(), "w" + perUnit, rows, 2 * perUnit);

        assertThat(TrainingSample.draw(context, vectors, 150, MIX))
            .as("seed %d, %d per task", SEED, perUnit)
            .isEqualTo(lowest(rows, 150));
        assertThat(TrainingSample.draw(context, vectors, 1000, MIX)).isEqualTo(lowest(rows, 600));
        assertThat(TrainingSample.draw(context, vectors, 0, MIX)).isEmpty();
      }
    }
  }

  @Test
  void theLowestHashesAreTheSameInWhateverOrderTheyAreOffered() {
    Random random = new Random(SEED);
    List<VectorRow> rows = VectorTable.rows(300, SEED);
    for (int wanted : new int[] {0, 1, 7, 299, 300, 301}) {
      BottomKSample lowest = new BottomKSample(wanted, VectorTable.DIMENSION, MIX);
      Collections.shuffle(rows, random);
      for (int from = 0; from < rows.size(); ) {
        int to = Math.min(rows.size(), from + random.nextInt(40));
        List<VectorRow> block = rows.subList(from, to);
        lowest.offer(block.stream().mapToLong(VectorRow::key).toArray(), together(block));
        from = to;
      }

      assertThat(lowest.sorted())
          .as("seed %d, %d wanted", SEED, wanted)
          .isEqualTo(lowest(rows, wanted));
    }
  }

  @Test
  void whatTasksReturnIsNotBoundedUnlessTheUserSaysSo() {
    String key = "spark.driver.maxResultSize";
    // What others have left running has its own.
    LocalSpark.session().stop();
    try (JobContext context = context(100)) {
      assertThat(context.spark().getConf().get(key)).isEqualTo("0");
    }
    System.setProperty(key, "2g");
    try (JobContext context = context(100)) {
      assertThat(context.spark().getConf().get(key)).isEqualTo("2g");
    } finally {
      System.clearProperty(key);
    }
  }

  private static float[] lowest(List<VectorRow> rows, int wanted) {
    return together(
        rows.stream()
            .sorted(Comparator.comparingDouble(row -> SplitMix64.unit(row.key(), MIX)))
            .limit(wanted)
            .toList());
  }

  private static float[] together(List<VectorRow> rows) {
    float[] all = new float[rows.size() * VectorTable.DIMENSION];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(
          rows.get(i).vector(), 0, all, i * VectorTable.DIMENSION, VectorTable.DIMENSION);
    }
    return all;
  }

  private JobContext context(int perUnit) {
    return LocalSpark.context(
        folder.resolve("store"), Map.of("unit.images", Integer.toString(perUnit)));
  }
}
