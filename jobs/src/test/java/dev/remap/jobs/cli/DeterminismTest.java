package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The same catalogue and settings give the same bits, however many threads work on them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeterminismTest {
  private static final long SEED = 99;
  private static final int IMAGES = 64;
  private static final int DESCRIPTOR = 1792;

  private Path folder;
  private Result oneThread;
  private Result threeThreads;
  private Result otherUnits;

  /** A finished store and its parts. */
  private record Result(Path store, Tables tables, Map<String, String> contents) {
    List<String> digests(String layer, String table) {
      return Tables.digests(tables.ledger(layer), table);
    }

    String descriptors() {
      return tables.only("descriptors") + "/00000001";
    }

    String vectors() {
      return tables.only("vectors") + "/00000001";
    }

    List<VectorRow> vectorRows() {
      return tables.rows(tables.ledger(vectors()), "vectors", RowFormat.vectors(8));
    }

    /** Names and digests of artifacts whose names do not depend on who made them. */
    Map<String, String> artifacts() {
      Map<String, String> artifacts = new TreeMap<>(contents);
      artifacts.keySet().removeIf(name -> !name.matches(".*\\.(bin|faiss|pt)|extractors/.*json"));
      artifacts.keySet().removeIf(name -> name.endsWith("manifest.json"));
      return artifacts;
    }
  }

  @BeforeAll
  void makeThree(@TempDir Path temporary) {
    folder = temporary;
    Pictures.folders(folder.resolve("catalogue"), 2, IMAGES / 2, SEED);
    oneThread = make("local[1]", "one", 22);
    threeThreads = make("local[3]", "three", 22);
    otherUnits = make("local[2]", "units", 17);
  }

  private Result make(String master, String name, int unit) {
    LocalSpark.use(master);
    Remap remap = new Remap(folder.resolve(name)).demoBackbone();
    remap.set("unit.images", unit).set("index.shards", 3).set("whitening.dimension", 8);
    // One layer instead of two: a third of the time, and nothing else about threads.
    remap.set("extract.window", 16).set("extractor.aggregator", "gem");
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    remap.succeed("extract");
    remap.succeed("whiten");
    remap.succeed("quantize");
    remap.succeed("build");
    // And another, whose centroids tasks have trained.
    remap.set("quantizer.driver-sample", 1).succeed("quantize");
    return new Result(remap.store(), new Tables(remap.store()), remap.contents());
  }

  @AfterAll
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  @Test
  void segmentsOfOneAndOfThreeThreadsHaveTheSameRows() {
    assertThat(snapshot(threeThreads)).hasSize(IMAGES).isEqualTo(snapshot(oneThread));
    assertRowsEqual(descriptors(threeThreads), descriptors(oneThread));
    assertRowsEqual(threeThreads.vectorRows(), oneThread.vectorRows());
  }

  @Test
  void segmentsOfOneAndOfThreeThreadsHaveTheSameBytes() {
    assertThat(threeThreads.digests("snapshots/00000001", "snapshot"))
        .hasSize(3)
        .isEqualTo(oneThread.digests("snapshots/00000001", "snapshot"));
    for (String table : List.of("descriptors", "rejects")) {
      assertThat(threeThreads.digests(threeThreads.descriptors(), table))
          .as(table)
          .isEqualTo(oneThread.digests(oneThread.descriptors(), table));
    }
    assertThat(threeThreads.digests(threeThreads.vectors(), "vectors"))
        .isEqualTo(oneThread.digests(oneThread.vectors(), "vectors"));
  }

  @Test
  void whiteningQuantizerAndShardsOfOneAndOfThreeThreadsAreTheSameFiles() {
    assertThat(oneThread.artifacts().keySet())
        .filteredOn(name -> !name.startsWith("trainings/"))
        .as("a whitening, two quantizers, three shards, a backbone and its spec")
        .hasSize(8);
    assertThat(oneThread.artifacts().keySet())
        .filteredOn(name -> name.startsWith("trainings/"))
        .as("where the training began, and two passes at least")
        .hasSizeGreaterThan(2);
    assertThat(threeThreads.artifacts()).isEqualTo(oneThread.artifacts());
  }

  @Test
  void unitsOfAnotherSizeChangeNoWhiteningNoVectorAndNoShard() {
    assertThat(otherUnits.tables.ledger(otherUnits.vectors()).units())
        .hasSizeGreaterThan(oneThread.tables.ledger(oneThread.vectors()).units().size());
    assertRowsEqual(descriptors(otherUnits), descriptors(oneThread));
    assertRowsEqual(otherUnits.vectorRows(), oneThread.vectorRows());
    assertThat(otherUnits.artifacts()).isEqualTo(oneThread.artifacts());
  }

  private static List<SnapshotRow> snapshot(Result result) {
    return result.tables.rows(
        result.tables.ledger("snapshots/00000001"), "snapshot", RowFormat.snapshot());
  }

  private static List<VectorRow> descriptors(Result result) {
    return result.tables.rows(
        result.tables.ledger(result.descriptors()),
        "descriptors",
        RowFormat.descriptors(DESCRIPTOR));
  }

  private static void assertRowsEqual(List<VectorRow> found, List<VectorRow> expected) {
    assertThat(found).as("seed %d", SEED).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      VectorRow row = found.get(i);
      VectorRow other = expected.get(i);
      assertThat(row.key()).isEqualTo(other.key());
      assertThat(row.imageId()).isEqualTo(other.imageId());
      assertThat(row.version()).isEqualTo(other.version());
      assertThat(row.vector()).as("seed %d, %s", SEED, row.imageId()).isEqualTo(other.vector());
    }
  }
}
