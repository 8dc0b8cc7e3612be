package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Region weights that learnt from cleaned labels are made again, whatever has gone since. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CleanedWeightsTest {
  private static final int GROUPS = 6;

  private Path folder;
  private Remap remap;

  @BeforeAll
  void learnt(@TempDir Path temporary) {
    folder = temporary;
    Pictures.folders(folder.resolve("first"), GROUPS, 4, 4711);
    Pictures.folders(folder.resolve("second"), GROUPS + 1, 4, 12);
    remap = settings(folder.resolve("store"));
    index(remap, "first");
    remap.succeed("knn", "-k", "20");
    remap.succeed("clean", "--groups", ".", "--threshold", "-1");
    remap.succeed("train", "--clean");
    remap.succeed("weigh", "--clean");
  }

  private Remap settings(Path store) {
    return new Remap(store)
        .tinyBackbone(folder.resolve("backbone"))
        .set("train.epochs", 2)
        .set("train.batch", 8)
        .set("weigh.bins", 10)
        .set("whitening.dimension", 8)
        .set("quantizer.spec", "IVF1,PQ4x4np")
        .set("snapshot.max-removed-ratio", 1)
        .set("snapshot.max-changed-ratio", 1);
  }

  private void index(Remap of, String catalogue) {
    of.succeed("snapshot", "--catalogue", folder.resolve(catalogue).toString());
    for (String stage : List.of("extract", "whiten", "quantize", "build")) {
      of.succeed(stage);
    }
    of.succeed("publish", "--force");
  }

  private Remap copy(String name) {
    FiveNights.tree(remap.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  /** What was learnt, but for who made it. */
  private static Map<String, String> weights(Remap of) throws IOException {
    Map<String, String> files = new TreeMap<>(of.contents());
    files.keySet().removeIf(name -> !name.matches("weights/.*-[0-9a-f]{16}\\.[a-z0-9]+"));
    return files;
  }

  private static void damage(Remap of, String pattern) throws IOException {
    List<String> files =
        of.contents().keySet().stream().filter(name -> name.matches(pattern)).toList();
    assertThat(files).as(pattern).isNotEmpty();
    for (String file : files) {
      Files.writeString(of.store().resolve(file), "{}");
    }
  }

  /** The commands that a repair prints, in their order. */
  private static List<String> repair(Remap of) {
    return of.run("verify", "--repair")
        .out()
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("remap "))
        .toList();
  }

  private static void run(List<String> commands) {
    for (String line : commands) {
      Remap.Ran ran = Remap.line(PrintedLines.words(line));
      assertThat(ran.status()).as("%s: %s", line, ran).isZero();
    }
  }

  @Test
  void theLabelsAreKeptWhenTheirGenerationIsCollected() throws IOException {
    Remap one = copy("collected");
    Map<String, String> before = weights(one);
    index(one, "second");
    String kept = one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete").out();

    assertThat(kept)
        .containsPattern("cleaned/\\S+ of generation 1 +what weights [0-9a-f]{16} lear");
    assertThat(one.store().resolve("indexes/default/00000001")).doesNotExist();
    assertThat(FiveNights.list(one, "graphs")).isEmpty();
    assertThat(one.succeed("verify").out()).contains("all is well");
    damage(one, "weights/.*/weights-.*");
    List<String> commands = repair(one);
    assertThat(commands).hasSize(2).allMatch(line -> line.contains(" --clean default-k20-"));
    run(commands);
    assertThat(weights(one)).isEqualTo(before);
    assertThat(one.succeed("verify").out()).contains("all is well");

    // Once no weights name them any more, they go.
    for (String id : FiveNights.list(one, "weights")) {
      Files.delete(one.store().resolve("weights/" + id + "/manifest.json"));
    }
    one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete");
    assertThat(FiveNights.list(one, "cleaned")).isEmpty();
  }

  @Test
  void labelsThatAreLostTooAreCleanedBeforeTheyAreLearntFrom() throws IOException {
    Remap one = copy("lost");
    Map<String, String> before = weights(one);
    damage(one, "weights/.*/weights-.*");
    damage(one, "cleaned/.*\\.parquet");
    List<String> commands = repair(one);

    assertThat(commands).hasSize(3);
    assertThat(commands.get(0)).startsWith("remap clean ");
    assertThat(commands.get(1)).startsWith("remap train ");
    assertThat(commands.get(2)).startsWith("remap weigh ");
    run(commands);
    assertThat(weights(one)).isEqualTo(before);
    assertThat(one.succeed("verify").out()).contains("all is well");
  }

  /** Labels that are whole wait for nothing, and descriptors may have to wait for weights. */
  @Test
  void weightsAloneAreMadeBeforeDescriptors() throws IOException {
    Remap one = copy("alone");
    damage(one, "weights/.*/weights-.*");
    damage(one, "descriptors/.*\\.parquet");
    List<String> commands = repair(one);

    assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
    assertThat(commands.get(0)).startsWith("remap weigh ");
    assertThat(commands.get(1)).startsWith("remap train ");
    assertThat(commands.get(2)).startsWith("remap extract ");
  }
}
