package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitWriterTest {
  @TempDir private Path folder;
  private Store store;
  private Layer layer;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    layer = Extraction.layer(store);
  }

  @Test
  void makesTheSegmentsOfAllTablesCountByOneRecord() throws IOException {
    UnitCommit commit = Extraction.commit(layer, new Attempt("run-1", 4));

    assertThat(commit.outcome()).isEqualTo(UnitCommit.Outcome.OURS);
    assertThat(commit.record().segments()).containsOnlyKeys("descriptors", "moments");
    assertThat(commit.record().segments().get("descriptors").path())
        .isEqualTo("descriptors/e/s/segments/u000000-run-1-4.parquet");
    assertThat(commit.record().segments().get("moments").path())
        .isEqualTo("moments/e/s/segments/u000000-run-1-4.parquet");
    assertThat(layer.record(0)).contains(commit.record());
    assertThat(Extraction.read(store, commit.record())).isEqualTo(Extraction.ROWS);
    assertThat(segmentFiles()).as("the empty rejects are not kept").hasSize(2);
  }

  @Test
  void returnsTheWinnersRecordAndDeletesItsOwnObjectsWhenItIsSecond() throws IOException {
    UnitCommit first = Extraction.commit(layer, new Attempt("run-1", 4));
    UnitCommit second = Extraction.commit(layer, new Attempt("run-2", 4));

    assertThat(second.outcome()).isEqualTo(UnitCommit.Outcome.THEIRS);
    assertThat(second.record()).isEqualTo(first.record());
    assertThat(segmentFiles()).hasSize(2).allMatch(name -> name.contains("run-1-4"));
  }

  @Test
  void leavesOneRecordAndItsObjectsWhenEightAttemptsRace() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<UnitCommit>> attempts =
        IntStream.range(0, 8)
            .<Callable<UnitCommit>>mapToObj(
                i -> () -> Extraction.commit(layer, new Attempt("run-" + i % 2, i)))
            .toList();
    List<UnitCommit> commits = new ArrayList<>();
    for (Future<UnitCommit> commit : pool.invokeAll(attempts)) {
      commits.add(commit.get());
    }
    pool.shutdown();

    UnitRecord winner = layer.record(0).orElseThrow();
    assertThat(commits).extracting(UnitCommit::record).containsOnly(winner);
    assertThat(commits)
        .filteredOn(commit -> commit.outcome() == UnitCommit.Outcome.OURS)
        .hasSize(1);
    assertThat(segmentFiles())
        .hasSize(2)
        .allMatch(name -> name.contains(winner.attempt().toString()));
    assertThat(Extraction.read(store, winner)).isEqualTo(Extraction.ROWS);
  }

  @Test
  void doesNotTakeAWinnerWhoseObjectsAreGone() throws IOException {
    UnitCommit first = Extraction.commit(layer, new Attempt("run-1", 4));
    SegmentRef gone = first.record().segments().get("moments");
    Files.delete(folder.resolve(gone.path()));

    assertThatThrownBy(() -> Extraction.commit(layer, new Attempt("run-2", 4)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(gone.path())
        .hasMessageContaining("does not exist");
  }

  @Test
  void keepsItsObjectsWhenTheRecordTurnsOutToBeItsOwn() throws IOException {
    // As after a lost answer: the record is there, and the repeated request is refused.
    Attempt attempt = new Attempt("run-1", 4);
    UnitCommit first = Extraction.commit(layer, attempt);
    Files.delete(folder.resolve(first.record().segments().get("descriptors").path()));
    Files.delete(folder.resolve(first.record().segments().get("moments").path()));

    UnitCommit again = Extraction.commit(layer, attempt);

    assertThat(again).isEqualTo(first);
    assertThat(segmentFiles()).hasSize(2);
  }

  @Test
  void deletesEverythingWhenItIsClosedBeforeTheCommit() throws IOException {
    try (UnitWriter writer = Extraction.writer(layer, new Attempt("run-1", 4))) {
      Extraction.fill(writer);
    }

    assertThat(segmentFiles()).isEmpty();
    assertThat(layer.record(0)).isEmpty();
  }

  @Test
  void deletesEverythingWhenASegmentCannotBeCompleted() throws IOException {
    try (UnitWriter writer = Extraction.writer(layer, new Attempt("run-1", 4))) {
      Extraction.fill(writer);
      // What a full disk or a strange file system might leave: a file that is not what was written.
      Path moments = folder.resolve("moments/e/s/segments/u000000-run-1-4.parquet");
      Files.delete(moments);

      assertThatThrownBy(() -> writer.commit(Map.of()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("u000000-run-1-4.parquet");
    }

    assertThat(segmentFiles()).isEmpty();
    assertThat(layer.record(0)).isEmpty();
  }

  @Test
  void refusesASecondSegmentOfATable() {
    RowFormat<VectorRow> format = RowFormat.vectors(2);
    try (UnitWriter writer = Extraction.writer(layer, new Attempt("run-1", 4))) {
      writer.segment(TableKind.VECTORS.of("w").layer("s").folder(), format, Map.of());

      assertThatThrownBy(
              () -> writer.segment(TableKind.VECTORS.of("w").layer("s").folder(), format, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("already has a segment of vectors");
    }
  }

  private List<String> segmentFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("parquet"))
          .toList();
    }
  }
}
