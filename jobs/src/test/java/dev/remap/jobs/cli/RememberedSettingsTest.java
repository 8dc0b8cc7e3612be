package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a store remembers of the settings that decide its artifacts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RememberedSettingsTest {
  private static final String SCALES = "extractor.scales=[{long-side=128,short-side=96,weight=1}]";

  private Path folder;
  private Path backbone;
  private Path store;

  @BeforeAll
  void describeOnceWithAllSettings(@TempDir Path temporary) {
    folder = temporary;
    backbone = folder.resolve("tiny");
    store = folder.resolve("store");
    new Remap(store).tinyBackbone(backbone);
    Pictures.folders(folder.resolve("catalogue"), 2, 30, 7);
    succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    succeed("extract", "--backbone", backbone.toString(), "--set", SCALES);
  }

  private Remap.Ran run(Path root, String command, String... options) {
    List<String> line = new ArrayList<>(List.of(command, "--store", root.toString()));
    line.addAll(List.of(options));
    return Remap.line(line.toArray(String[]::new));
  }

  private String succeed(String command, String... options) {
    return succeed(store, command, options);
  }

  private String succeed(Path root, String command, String... options) {
    Remap.Ran ran = run(root, command, options);
    assertThat(ran.status()).as("%s", ran).isZero();
    return ran.out();
  }

  private Path copy(String name) {
    Path copy = folder.resolve(name);
    try {
      Files.walkFileTree(
          store,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Path target = copy.resolve(store.relativize(file));
              Files.createDirectories(target.getParent());
              Files.copy(file, target);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  private static List<String> kept(Path root) {
    return List.of(java.util.Objects.requireNonNull(root.resolve("settings").toFile().list()));
  }

  @Test
  void laterCommandsTakeTheExtractorFromTheStoreEvenWhereItsFolderIsGone() throws IOException {
    Path copy = copy("later");
    Path away = Files.move(backbone, folder.resolve("away"));
    try {
      assertThat(succeed(copy, "whiten", "--dimension", "4")).contains("4 dimensions");
      succeed(copy, "quantize", "--spec", "IVF1,PQ2x4np");
      succeed(copy, "build", "--name", "photos");
      succeed(copy, "publish", "--name", "photos", "--set", "publish.copies=0");
      assertThat(succeed(copy, "reindex", "--name", "photos", "--catalogue", catalogue()))
          .contains("nothing to do");
      assertThat(succeed(copy, "settings", "--changed", "--json"))
          .contains("\"whitening.dimension\"", "\"IVF1,PQ2x4np\"", "\"from\" : \"store\"");
      run(copy, "extract", "--set", "extractor.batch-size=4")
          .assertRefused(2, "The store remembers this extractor.backbone", "--backbone");
    } finally {
      Files.move(away, backbone);
    }
  }

  private String catalogue() {
    return folder.resolve("catalogue").toString();
  }

  @Test
  void whatIsGivenWinsAndAChangeOfTheExtractorIsSaidAndRemembered() {
    Path copy = copy("changed");

    assertThat(succeed(copy, "extract", "--set", "extractor.aggregator=gem"))
        .contains(
            "settings: extractor.aggregator is gem, and was remap (extractor",
            "the store remembers this from now on");

    assertThat(kept(copy)).containsExactlyInAnyOrder("00000001.json", "00000002.json");
    assertThat(succeed(copy, "extract")).doesNotContain("settings:");
    // An exponent of gem has an effect here, since the store remembers gem.
    assertThat(succeed(copy, "settings", "--changed", "--set", "extractor.gem-p=2"))
        .containsPattern("extractor.aggregator +store +gem")
        .containsPattern("extractor.gem-p +--set +2");
    run(copy, "whiten", "--set", "extractor.levels=2").assertRefused(2, "has no effect here");
  }

  @Test
  void aNightGoesOnByTheExtractorOfWhatIsLiveAlthoughAnotherOneWasTriedSince() {
    Path copy = copy("night");
    succeed(copy, "whiten", "--dimension", "4");
    succeed(copy, "quantize", "--spec", "IVF1,PQ2x4np");
    succeed(copy, "build", "--name", "photos");
    succeed(copy, "publish", "--name", "photos", "--set", "publish.copies=0");
    succeed(copy, "extract", "--set", "extractor.aggregator=gem");

    assertThat(succeed(copy, "reindex", "--name", "photos", "--catalogue", catalogue()))
        .contains("nothing to do: generation 1 of 'photos'");
    assertThat(succeed(copy, "status")).contains("--name photos").doesNotContain("--name default");
  }

  @Test
  void whatIsRememberedIsCheckedRepairedFromRunsAndNeverTakenHalf() throws IOException {
    Path copy = copy("damaged");
    Path file = copy.resolve("settings/00000001.json");
    Files.writeString(file, Files.readString(file).replace("remap", "gem"));

    run(copy, "extract").assertRefused(1, "settings/00000001.json", "verify");
    assertThat(run(copy, "verify").out()).contains("settings/00000001.json");
    run(copy, "verify", "--repair");

    assertThat(succeed(copy, "settings", "--changed"))
        .containsPattern("extractor.backbone +store +" + backbone);
    assertThat(succeed(copy, "verify")).contains("all is well");
    assertThat(succeed(copy, "extract")).doesNotContain("settings:");
  }

  @Test
  void aStoreThatRemembersNothingWorksByDefaultsAndFilesAsBefore() throws IOException {
    Path copy = copy("old");
    Files.delete(copy.resolve("settings/00000001.json"));
    Files.delete(copy.resolve("settings"));

    run(copy, "whiten", "--set", "whitening.dimension=4")
        .assertRefused(2, "There are no complete descriptors by extractor");
    succeed(copy, "whiten", "--backbone", backbone.toString(), "--set", SCALES, "--dimension", "4");
    succeed(copy, "extract", "--backbone", backbone.toString(), "--set", SCALES);
    assertThat(succeed(copy, "settings", "--changed"))
        .containsPattern("extractor.backbone +store +" + backbone)
        .containsPattern("whitening.dimension +store +4");
  }

  @Test
  void settingsSaysWhoSaysWhat() throws IOException {
    String text = "search { k = 7 }\nplan { currency = ${PATH} }\n";
    Path file = Files.writeString(folder.resolve("own.conf"), text);

    String said =
        Remap.line(
                "settings",
                "--store",
                store.toString(),
                "--config",
                file.toString(),
                "--set",
                "search.nprobe=3")
            .out();

    assertThat(said)
        .containsPattern("search.k +" + file + " +7")
        .containsPattern("search.nprobe +--set +3")
        .containsPattern("plan.currency +environment, by " + file)
        .containsPattern("store +flag +" + store)
        .containsPattern("extractor.backbone +store +" + backbone)
        .containsPattern("extractor.levels +store +4")
        .containsPattern("gc.grace +default +7d");
  }
}
