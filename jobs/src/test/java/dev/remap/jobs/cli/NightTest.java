package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two nights on a changing catalogue give the shards of a store made from nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NightTest {
  private static final long SEED = 4242;

  /** Every unit has moments, a matrix of 1792 numbers squared: few units. */
  private static final int LARGE_UNIT = 21;

  private static final int SMALL_UNIT = 14;

  private Path folder;
  private Path catalogue;
  private Remap nights;
  private String firstNight;
  private String secondNight;
  private String nothing;

  @BeforeAll
  void twoNights(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 20, SEED);
    Path broken = catalogue.resolve("broken.jpg");
    Files.write(broken, new byte[] {1, 2, 3});
    nights = remap("nights", LARGE_UNIT);
    nights.succeed("reindex", "--catalogue", catalogue.toString());

    Random random = new Random(SEED + 1);
    List<Path> pictures = pictures();
    Files.delete(pictures.get(3));
    // Replaced under the same name, and a broken one mended.
    Pictures.write(pictures.get(5), random, Pictures.LONG + 16, Pictures.SHORT);
    Files.delete(broken);
    Pictures.write(broken, random, Pictures.LONG, Pictures.SHORT);
    Pictures.write(catalogue.resolve("new.jpg"), random, Pictures.LONG, Pictures.SHORT);
    firstNight = nights.succeed("reindex", "--catalogue", catalogue.toString()).out();

    // One that was good is broken now, one of the first night is gone, one comes back.
    Files.write(pictures.get(7), new byte[] {9, 9, 9, 9, 9});
    Files.delete(catalogue.resolve("new.jpg"));
    Pictures.write(pictures.get(3), random, Pictures.LONG, Pictures.SHORT);
    nights = remap("nights", SMALL_UNIT);
    secondNight = nights.succeed("reindex", "--catalogue", catalogue.toString()).out();
    nothing = nights.succeed("reindex", "--catalogue", catalogue.toString()).out();
  }

  private Remap remap(String name, int unit) {
    Remap remap = new Remap(folder.resolve(name)).demoBackbone();
    remap.set("unit.images", unit).set("index.shards", 3).set("whitening.dimension", 8);
    remap.set("publish.copies", 10);
    return remap.set("extract.window", 16).set("extractor.aggregator", "gem");
  }

  private List<Path> pictures() throws IOException {
    try (Stream<Path> files = Files.walk(catalogue)) {
      return files.filter(file -> file.getFileName().toString().endsWith("jpg")).sorted().toList();
    }
  }

  @Test
  void aNightDescribesOnlyWhatHasChanged() {
    assertThat(firstNight)
        .contains("(1 added, 2 changed, 1 removed)")
        .contains("3 listed = 3 described + 0 rejected; 1 gone; 41 images in all");
    assertThat(secondNight)
        .contains("(1 added, 1 changed, 1 removed)")
        .contains("2 listed = 1 described + 1 rejected; 1 gone; 41 images in all");
  }

  @Test
  void aNightWithoutChangesPublishesNothing() {
    assertThat(nothing).contains("nothing to do: generation 3");
  }

  @Test
  void theShardsAreThoseOfAStoreMadeFromNothing() throws IOException {
    Remap fresh = remap("fresh", LARGE_UNIT);
    fresh.succeed("snapshot", "--catalogue", catalogue.toString());
    fresh.succeed("extract");
    fresh.succeed("whiten", "--use", only(folder.resolve("nights/whitenings"), "bin").toString());
    copy(folder.resolve("nights/quantizers"), folder.resolve("fresh/quantizers"));
    fresh.succeed("build");

    assertThat(shards("nights", 3)).hasSize(3).isEqualTo(shards("fresh", 1));
    assertThat(shards("nights", 1)).isNotEqualTo(shards("fresh", 1));
  }

  @Test
  void aWhiteningThatIsFittedByHandIsOfAllThatIsDescribed() throws IOException {
    copy(folder.resolve("nights"), folder.resolve("by-hand"));
    Remap byHand = remap("by-hand", LARGE_UNIT).set("whitening.dimension", 7);

    String said = byHand.succeed("whiten").out();

    assertThat(said).containsPattern("compact .*descriptors").contains("→ 7 dimensions");
    assertThat(said).contains("books: 40 descriptors = 40 vectors");
    try (Stream<Path> layers = Files.walk(folder.resolve("by-hand/descriptors"), 2)) {
      assertThat(layers).anyMatch(layer -> layer.endsWith("00000003-compacted"));
    }
  }

  /** Names of shards, which carry the digest of their content. */
  private List<String> shards(String store, int generation) throws IOException {
    Path index = folder.resolve(store).resolve("indexes/default/0000000" + generation);
    try (Stream<Path> files = Files.list(index)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".faiss"))
          .sorted()
          .toList();
    }
  }

  private static Path only(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Path target = to.resolve(from.relativize(file));
              if (Files.isDirectory(file)) {
                Files.createDirectories(target);
              } else {
                Files.copy(file, target);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
