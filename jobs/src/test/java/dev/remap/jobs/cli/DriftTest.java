package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A catalogue that becomes another one: nights are published, and ask for a new training. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftTest {
  private static final long SEED = 88;
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final List<String> CHECKS =
      List.of(
          "drift-subspace-angle",
          "drift-explained-variance",
          "drift-quantization-error",
          "drift-list-imbalance");

  private Remap remap;
  private Remap.Ran alike;
  private Remap.Ran other;
  private Remap.Ran retrained;

  @BeforeAll
  void nights(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    Path catalogue = folder.resolve("catalogue");
    stripes(catalogue.resolve("first"), 640);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("whitening.dimension", 4).set("quantizer.spec", "IVF4,PQ2x4np");
    remap.set("unit.images", 400);
    remap.set("publish.copies", 12).set("publish.min-self-retrieval", 0.5);
    remap.set("publish.force", true).set("drift.min-images", 50);
    reindex(catalogue);

    stripes(catalogue.resolve("alike"), 80);
    alike = reindex(catalogue);
    pictures(catalogue.resolve("other"), 80);
    other = reindex(catalogue);

    Set<String> whitenings = names("whitenings");
    Set<String> quantizers = names("quantizers");
    remap.succeed("whiten");
    remap.succeed("quantize", "--whitening", added("whitenings", whitenings));
    remap.succeed("build", "--quantizer", added("quantizers", quantizers));
    retrained = remap.succeed("publish");

    remap.set("compact.max-delta-ratio", 10);
    for (int i = 0; i < 60; i++) {
      Files.delete(catalogue.resolve("first/" + i + ".jpg"));
    }
    reindex(catalogue);
    Path one = catalogue.resolve("alike/0.jpg");
    Files.createDirectories(catalogue.resolve("same"));
    for (int i = 0; i < 60; i++) {
      Files.copy(one, catalogue.resolve("same/" + i + ".jpg"));
    }
    reindex(catalogue);
  }

  private Remap.Ran reindex(Path catalogue) {
    return remap.succeed("reindex", "--catalogue", catalogue.toString());
  }

  private static Random random(Path folder, int i) {
    return new Random(SEED * 1009 + folder.getFileName().hashCode() + i);
  }

  private static void pictures(Path folder, int count) {
    for (int i = 0; i < count; i++) {
      Pictures.write(folder.resolve(i + ".jpg"), random(folder, i), WIDTH, HEIGHT);
    }
  }

  /** Nothing but thin upright lines in shades of red. */
  private static void stripes(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      Random random = random(folder, i);
      BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      for (int x = random.nextInt(4); x < WIDTH; x += 2 + random.nextInt(4)) {
        graphics.setColor(new Color(100 + random.nextInt(156), random.nextInt(40), 0));
        graphics.drawLine(x, 0, x, HEIGHT);
      }
      graphics.dispose();
      if (!ImageIO.write(image, "jpg", folder.resolve(i + ".jpg").toFile())) {
        throw new IllegalStateException("Java writes no JPEG here");
      }
    }
  }

  private Set<String> names(String folder) throws IOException {
    try (Stream<Path> files = Files.list(remap.store().resolve(folder))) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  private String added(String folder, Set<String> before) throws IOException {
    Set<String> names = names(folder);
    names.removeAll(before);
    assertThat(names).as(folder).hasSize(1);
    return names.iterator().next();
  }

  /** The checks of drift of a publication. */
  private List<JsonNode> drift(int publication) throws IOException {
    Path file = remap.store().resolve("indexes/default/published/0000000" + publication + ".json");
    JsonNode verdict = new ObjectMapper().readTree(file.toFile()).get("verdict");
    List<JsonNode> checks = new ArrayList<>();
    for (JsonNode check : verdict.get("checks")) {
      if (CHECKS.contains(check.get("check").asText())) {
        checks.add(check);
      }
    }
    assertThat(checks).extracting(check -> check.get("check").asText()).isEqualTo(CHECKS);
    return checks;
  }

  private List<String> outcomes(int publication) throws IOException {
    return drift(publication).stream().map(check -> check.get("outcome").asText()).toList();
  }

  @Test
  void theFirstPublicationIsWhatLaterOnesAreComparedWith() throws IOException {
    assertThat(outcomes(1)).containsExactly("skipped", "skipped", "skipped", "passed");
    for (int later = 2; later <= 3; later++) {
      for (int check = 2; check <= 3; check++) {
        assertThat(drift(later).get(check).get("reference"))
            .isEqualTo(drift(1).get(check).get("reference"));
      }
    }
  }

  @Test
  void imagesOfTheSameKindAreNoDrift() throws IOException {
    assertThat(outcomes(2)).containsOnly("passed");
    assertThat(drift(2).get(0).get("text").asText()).contains("of 80 new descriptors");
    assertThat(drift(2).get(2).get("text").asText()).contains("error of 80 new vectors");
    assertThat(alike.out()).doesNotContain("--retrain");
  }

  @Test
  void imagesOfAnotherKindAskForATraining() throws IOException {
    assertThat(other.out())
        .containsPattern("drift-[a-z-]+: .*: run `remap reindex --store .* --retrain")
        .contains("live: generation 3");
    assertThat(outcomes(3)).contains("retrain");
    // Those of the night before came after the training as well.
    assertThat(drift(3).get(0).get("text").asText()).contains("of 160 new descriptors");
  }

  @Test
  void afterATrainingOnAllThereIsNothingNew() throws IOException {
    assertThat(outcomes(4)).containsExactly("skipped", "skipped", "skipped", "passed");
    assertThat(retrained.out())
        .containsPattern(
            "copies-recall-at-1: .*recall@1 of 96 copies is 0\\.\\d{3}, in generation 3")
        .contains("0 images came since the whitening was trained");
    assertThat(drift(4).get(3).get("reference")).isEqualTo(drift(4).get(3).get("value"));
  }

  @Test
  void aNightThatOnlyTakesAwayIsPublishedWithoutAWord() throws IOException {
    assertThat(outcomes(5).subList(0, 3)).containsOnly("skipped");
    assertThat(drift(5).get(0).get("text").asText())
        .contains("0 images came since the whitening was trained");
    assertThat(drift(5).get(2).get("text").asText())
        .contains("0 images came since the quantizer was trained");
  }

  @Test
  void newImagesThatAreAllEqualHaveNoDirections() throws IOException {
    assertThat(outcomes(6).subList(0, 2)).containsExactly("skipped", "skipped");
    assertThat(drift(6).get(0).get("text").asText()).contains("are all equal");
    assertThat(drift(6).get(2).get("text").asText()).contains("error of 60 new vectors");
  }

  @Test
  void aQuantizerOfFewIsToBeTrainedAgainOnceATenthHasCome(@TempDir Path folder) throws IOException {
    Path catalogue = folder.resolve("catalogue");
    stripes(catalogue.resolve("first"), 40);
    Remap small = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    small.set("whitening.dimension", 4).set("quantizer.spec", "IVF4,PQ2x4np");
    small.set("publish.copies", 12).set("publish.force", true);
    String[] night = {"--catalogue", catalogue.toString()};
    small.succeed("reindex", night);
    stripes(catalogue.resolve("second"), 3);
    assertThat(small.succeed("reindex", night).out()).doesNotContain("--retrain");
    stripes(catalogue.resolve("third"), 2);
    assertThat(small.succeed("reindex", night).out())
        .containsPattern(
            "drift-quantization-error: the quantizer was trained on 40 vectors, fewer than the 624"
                + " .* and 5 have come since: .*: run `remap reindex .* --retrain")
        .contains("live: generation 3");
    stripes(catalogue.resolve("fourth"), 2);
    assertThat(small.succeed("reindex", "--retrain", night[0], night[1]).out())
        .doesNotContain("have come since");
  }
}
