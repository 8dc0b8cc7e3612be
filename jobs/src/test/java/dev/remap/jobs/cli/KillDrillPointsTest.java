package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code bin/kill-drill} finds in the source to be killed at. */
class KillDrillPointsTest {
  private static final Path DRILL = Path.of("../bin/kill-drill").toAbsolutePath().normalize();

  @Test
  void everyPointOfUnitsLedgersAndArtifactsIsPlayed() throws IOException {
    Process drill = new ProcessBuilder("bash", DRILL.toString(), "--list").start();

    List<String> points =
        new String(drill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

    assertThat(points).doesNotHaveDuplicates();
    assertThat(points)
        .contains("snapshot.listed", "snapshot.after-data", "extract.creating-record")
        .contains("extractor.before-artifact", "project.announced", "build.before-ledger")
        .contains("knn.creating-record", "knn.before-ledger", "dedup.after-data", "clean.announced")
        .contains("prepare.after-data")
        .contains("manifest.creating-artifact", "publish.before-publication")
        .contains("weigh.before-artifact", "weigh.creating-artifact", "weigh.after-artifact")
        .contains("head.after-artifact", "train.creating-artifact")
        .contains("warm-training.creating-artifact", "lists-build.after-data")
        .noneMatch(point -> point.startsWith("reindex."));
  }
}
