package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.evaluate.VectorTable;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.table.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleBlocksTest {
  private static final long SEED = 12;
  private static final long MIX = 3;
  private static final int ROWS = 6000;
  private static final int D = VectorTable.DIMENSION;

  @TempDir private Path folder;

  private JobContext context(int perUnit) {
    return LocalSpark.sharing(
        folder.resolve("store"), Map.of("unit.images", Integer.toString(perUnit)));
  }

  private static List<float[]> blocks(SampleBlocks sample) {
    return sample.blocks().collect().stream().map(SampleBlocks.Block::vectors).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 500, 5500, ROWS, ROWS + 1})
  void blocksHoldTheVectorsOfTheLowestHashesByKeyWhateverTheUnits(int wanted) {
    List<VectorRow> rows = VectorTable.rows(ROWS, SEED);
    List<VectorRow> expected =
        rows.stream()
            .sorted(Comparator.comparingDouble(row -> SplitMix64.unit(row.key(), MIX)))
            .limit(wanted)
            .sorted(Comparator.comparingLong(VectorRow::key))
            .toList();
    List<List<float[]>> all = new ArrayList<>();
    for (int perUnit : new int[] {900, 100_000}) {
      try (JobContext context = context(perUnit)) {
        Vectors vectors = VectorTable.write(context.store(), "w" + perUnit, rows, 2 * perUnit);
        try (SampleBlocks sample = SampleBlocks.draw(context, vectors, wanted, MIX, 300 * D)) {
          all.add(blocks(sample));
          assertThat(sample.size()).isEqualTo(expected.size());
          assertThat(sample.first(Integer.MAX_VALUE)).isEqualTo(TrainingSample.together(expected));
          int some = Math.min(wanted, 333);
          assertThat(sample.first(some))
              .isEqualTo(TrainingSample.together(expected.subList(0, some)));
        }
      }
    }
    assertThat(all.get(0)).hasSize((Math.min(wanted, ROWS) + 299) / 300);
    assertThat(all.get(1)).usingRecursiveComparison().isEqualTo(all.get(0));
  }

  @Test
  void theProductsOfAMatrixAreASampleToo() {
    List<VectorRow> rows = VectorTable.rows(100, SEED);
    float[] swap = {0, 1, 0, 0, 1, 0, 0, 0};
    try (JobContext context = context(60)) {
      Vectors vectors = VectorTable.write(context.store(), "w", rows, 60);
      try (SampleBlocks sample = SampleBlocks.draw(context, vectors, 100, MIX, 40 * D);
          SampleBlocks products = sample.multiplied(swap)) {
        float[] before = sample.first(100);
        float[] after = products.first(100);
        assertThat(products.dimension()).isEqualTo(2);
        assertThat(after).hasSize(200);
        for (int i = 0; i < 100; i++) {
          // Plus zero: a product may be zero of the other sign.
          assertThat(after[2 * i] + 0f).isEqualTo(before[D * i + 1]);
          assertThat(after[2 * i + 1] + 0f).isEqualTo(before[D * i]);
        }
      }
    }
  }
}
