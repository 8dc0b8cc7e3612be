package dev.remap.jobs.stage.whiten;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.store.row.MomentRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoredMomentsTest {
  private static final long SEED = 4096;
  private static final int UNITS = 3;

  private Path folder;
  private JobContext context;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    context = LocalSpark.sharing(temporary, Map.of("unit.attempts", "2", "unit.retry-wait", "1ms"));
  }

  @AfterAll
  void stop() {
    context.close();
  }

  @Test
  void blocksHaveAllRowsOnceAndNoneIsLargerThanAllowed() {
    for (int dimension : new int[] {1, 2, 63, 300}) {
      for (long bytes : new long[] {1, 800, 4096, 1 << 20}) {
        List<MomentBlock> blocks = MomentBlock.cut(dimension, bytes);
        List<Integer> rows = new ArrayList<>();
        for (MomentBlock block : blocks) {
          assertThat(block.place()).isEqualTo(blocks.indexOf(block));
          long values =
              IntStream.rangeClosed(block.from(), block.to())
                  .mapToLong(row -> row < 0 ? dimension : dimension - row)
                  .sum();
          assertThat(block.from() == block.to() || 8 * values <= bytes)
              .as("%s of %d at %d bytes", block, dimension, bytes)
              .isTrue();
          IntStream.rangeClosed(block.from(), block.to()).forEach(rows::add);
        }
        assertThat(rows)
            .containsExactlyElementsOf(
                IntStream.range(MomentRow.HEADER, dimension).boxed().toList());
      }
    }
  }

  /** Values of very different sizes, so that another order has other bits. */
  @Test
  void sumsHaveTheBitsOfOneSumInTheOrderOfUnitsWhateverTheBlocks() {
    int dimension = 150;
    StoredMoments stored =
        MomentFiles.write(context.store(), dimension, UNITS, unit -> row -> row(unit, row, 150));
    long count = 0;
    double[][] expected = new double[dimension + 1][];
    for (int unit = 0; unit < UNITS; unit++) {
      for (int row = MomentRow.HEADER; row < dimension; row++) {
        double[] values = row(unit, row, dimension).values();
        double[] sum = expected[row + 1];
        for (int i = 0; sum != null && i < values.length; i++) {
          values[i] = sum[i] + values[i];
        }
        expected[row + 1] = values;
      }
      count += 10 + unit;
    }
    for (long bytes : new long[] {1, 5000, 30_000, MomentSource.BLOCK_BYTES}) {
      MomentSums sums = stored.sum(context, bytes);
      assertThat(sums.count()).isEqualTo(count);
      assertThat(sums.rows()).as("seed %d, blocks of %d", SEED, bytes).isDeepEqualTo(expected);
    }
    Moments moments = stored.sum(context, 5000).moments();
    assertThat(moments.count()).isEqualTo(count);
    assertThat(moments.sum()).isEqualTo(expected[0]);
    assertThat(moments.row(149)).isEqualTo(expected[150]);
  }

  @Test
  void noUnitsAreNoDescriptors() {
    StoredMoments none = new StoredMoments(5, List.of(), Map.of());
    assertThat(none.sum(context, 1).moments().count()).isZero();
    assertThatThrownBy(() -> WhiteningFit.fit(none.sum(context, 1), WhiteningOptions.defaults()))
        .hasMessageContaining("0 descriptors");
  }

  /** A byte of the rows, of the index of pages, of the footer: some block looks at each. */
  @Test
  void aDamagedByteAnywhereInAUnitIsNoticed() throws IOException {
    StoredMoments stored =
        MomentFiles.write(context.store(), 90, UNITS, unit -> row -> row(unit, row, 90));
    Path file = folder.resolve(stored.units().get(1).segment().path());
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(SEED);
    for (int place : new int[] {2, 500, bytes.length - 200, bytes.length - 900, -1, -1, -1}) {
      byte[] damaged = bytes.clone();
      int at = place < 0 ? random.nextInt(bytes.length) : place;
      damaged[at] ^= 16;
      Files.write(file, damaged);
      assertThatThrownBy(() -> stored.sum(context, 9000))
          .as("seed %d, byte %d", SEED, at)
          .isInstanceOf(LostFilesException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void aMissingUnitIsNamed() throws IOException {
    StoredMoments stored =
        MomentFiles.write(context.store(), 80, UNITS, unit -> row -> row(unit, row, 80));
    Path file = folder.resolve(stored.units().get(2).segment().path());
    Files.delete(file);
    for (long bytes : new long[] {9000, MomentSource.BLOCK_BYTES}) {
      assertThatThrownBy(() -> stored.sum(context, bytes))
          .isInstanceOf(LostFilesException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void rowsThatDoNotBelongTogetherAreNoticed() {
    fails(row -> row == 40 ? null : row(0, row, 70), "row 40 of its matrix is missing");
    fails(row -> row == 69 ? null : row(0, row, 70), "row 69 of its matrix is missing");
    fails(row -> row == MomentRow.HEADER ? null : row(0, row, 70), "row -1 of its matrix");
    fails(
        row -> row == 12 ? new MomentRow(12, 11, new double[58]) : row(0, row, 70),
        "row 12 sums 11 descriptors, those before it 10");
  }

  private void fails(IntFunction<MomentRow> rows, String how) {
    StoredMoments stored = MomentFiles.write(context.store(), 70, 1, unit -> rows);
    assertThatThrownBy(() -> stored.sum(context, MomentSource.BLOCK_BYTES))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining(how);
  }

  @Test
  void momentsOfAnotherExtractorAreRefused() {
    StoredMoments stored =
        MomentFiles.write(context.store(), 20, 1, unit -> row -> row(unit, row, 20));
    StoredMoments other = new StoredMoments(20, stored.units(), Map.of("extractor", "f"));
    assertThatThrownBy(() -> other.sum(context, 9000)).hasMessageContaining("extractor");
  }

  private static MomentRow row(int unit, int row, int dimension) {
    Random random = new Random(SEED + 1000L * unit + row);
    double scale = Math.scalb(1.0, 20 * unit - row % 7);
    double[] values =
        random
            .doubles(row < 0 ? dimension : dimension - row)
            .map(value -> scale * (value - 0.3))
            .toArray();
    return new MomentRow(row, 10 + unit, values);
  }
}
