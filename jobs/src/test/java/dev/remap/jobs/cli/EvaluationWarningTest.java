package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation says whether its whitening was fitted on the images that it evaluates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvaluationWarningTest {
  private static final String CONSEQUENCE =
      "so these scores do not tell how it does on images that it was not fitted on";

  private Path folder;
  private Path catalogue;
  private Remap remap;
  private String whitening;

  /** A whitening of 25 images, and an index of these and of 10 that came later. */
  @BeforeAll
  void index(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 5, 5, 31);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("backbone"));
    for (String stage : List.of("snapshot", "extract", "whiten")) {
      run(remap, stage);
    }
    try (Stream<Path> ids = Files.list(remap.store().resolve("whitenings"))) {
      whitening = ids.findFirst().orElseThrow().getFileName().toString();
    }
    Pictures.folders(catalogue.resolve("late"), 2, 5, 32);
    run(remap, "snapshot");
    run(remap, "extract");
    remap.succeed("whiten", "--whitening", whitening);
    run(remap, "quantize");
    run(remap, "build");
  }

  private Remap.Ran run(Remap on, String stage) {
    return stage.equals("snapshot")
        ? on.succeed(stage, "--catalogue", catalogue.toString())
        : on.succeed(stage);
  }

  @Test
  void itSaysHowManyOfTheImagesWereInTheSnapshotThatTheWhiteningWasFittedOn() throws IOException {
    Path labels = folder.resolve("labels.csv");
    Files.writeString(
        labels, "image_id,group\ng01/p000.jpg,a\ng01/p001.jpg,a\nlate/g00/p000.jpg,a\n");
    assertThat(remap.succeed("evaluate", "--groups", ".").out())
        .contains("warning: whitening " + whitening + " was fitted on a snapshot with 25 of the 35")
        .contains(CONSEQUENCE);
    assertThat(remap.succeed("evaluate", "--groups", labels.toString()).out())
        .contains("was fitted on a snapshot with 2 of the 3 evaluated images");
    assertThat(remap.succeed("evaluate", "--copies", "35").out())
        .contains("was fitted on a snapshot with 25 of the 35 evaluated images");
  }

  @Test
  void itSaysNothingWhereTheWhiteningWasFittedOnOtherImages() {
    assertThat(remap.succeed("evaluate", "--groups", "late").out())
        .contains("mAP exact")
        .doesNotContain("fitted on");
  }

  @Test
  void ofAWhiteningFromElsewhereItIsNotKnown() throws IOException {
    Remap other = new Remap(folder.resolve("other")).tinyBackbone(folder.resolve("backbone"));
    run(other, "snapshot");
    run(other, "extract");
    Path file;
    try (Stream<Path> files = Files.list(remap.store().resolve("whitenings/" + whitening))) {
      file =
          files
              .filter(it -> it.getFileName().toString().startsWith("whitening"))
              .findFirst()
              .orElseThrow();
    }
    other.succeed("whiten", "--import", file.toString());
    run(other, "quantize");
    run(other, "build");
    assertThat(other.succeed("evaluate", "--groups", "late").out())
        .contains("whether whitening " + whitening + " was fitted on some of the 10 evaluated")
        .contains("is not known: it was brought in")
        .doesNotContain("warning: whitening");
  }
}
