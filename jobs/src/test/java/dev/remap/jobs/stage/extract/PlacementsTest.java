package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.spark.Placement;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementsTest {
  private static final Placement FELL_BACK = new Placement("1", Placement.insteadOf("gpu:0"), 1);

  @Test
  void unitsAreCountedByDeviceAndExecutorAndExtractorsOnce() {
    Counts books = new Counts();
    new Placements(
            List.of(
                new Placement("0", "gpu:0", 1),
                new Placement("0", "gpu:0", 1),
                new Placement("0", "gpu:1", 1),
                new Placement("7", "gpu:0", 1),
                FELL_BACK))
        .addTo(books);
    assertThat(books.counts())
        .containsEntry("units on gpu:0, executor 0", 2L)
        .containsEntry("extractors on gpu:0, executor 0", 1L)
        .containsEntry("units on gpu:1, executor 0", 1L)
        .containsEntry("units on gpu:0, executor 7", 1L)
        .containsEntry("units on cpu-instead-of-gpu:0, executor 1", 1L)
        .hasSize(8);
  }

  @Test
  void theUserReadsWhichDevicesDidTheWorkAndWhatFellBack() {
    assertThat(said(new Placement("0", "gpu:0", 1), FELL_BACK, FELL_BACK))
        .contains("on gpu:0: 1 unit by 1 extractor")
        .contains("on cpu-instead-of-gpu:0: 2 units by 1 extractor")
        .contains("WARNING: 2 of 3 units fell back to the CPU");
  }

  @Test
  void withoutFallBackThereIsNoWarning() {
    assertThat(said(new Placement("0", "cpu", 1), new Placement("1", "cpu", 1)))
        .contains("on cpu: 2 units by 2 extractors")
        .doesNotContain("WARNING");
  }

  @Test
  void aGpuWithSmallBatchesIsSpokenOf() {
    Placement gpu = new Placement("0", "gpu:0", 1);
    assertThat(said(2, gpu)).contains("batches of 2 leave a GPU waiting");
    assertThat(said(8, gpu)).doesNotContain("waiting");
    assertThat(said(1, FELL_BACK)).doesNotContain("waiting");
  }

  private static String said(Placement... units) {
    return said(8, units);
  }

  private static String said(int batch, Placement... units) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Placements(List.of(units))
        .say(new Console(new PrintStream(out, true, StandardCharsets.UTF_8)), batch);
    return out.toString(StandardCharsets.UTF_8);
  }
}
