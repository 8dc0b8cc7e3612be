package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.Ledgers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several files of a store of three nights at once: one repair, and its commands, mend it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepairTest {
  private static final long SEED = 99;

  private Path folder;
  private Path catalogue;
  private int copies;
  private Remap remap;

  /** In the second night pictures go and are replaced, and in the third one comes. */
  @BeforeAll
  void threeNights(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    remap = settings(folder.resolve("nights"));
    reindex();
    Random random = new Random(SEED);
    Files.delete(catalogue.resolve("g00/p001.jpg"));
    Files.delete(catalogue.resolve("g00/p002.jpg"));
    Pictures.write(catalogue.resolve("g01/p001.jpg"), random, Pictures.LONG + 16, Pictures.SHORT);
    reindex();
    add("third");
    reindex();
  }

  private Remap settings(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("publish.copies", 0)
        .set("compact.max-delta-ratio", 1000)
        .set("compact.max-layers", 1000);
  }

  private void add(String name) {
    Pictures.write(
        catalogue.resolve(name + ".jpg"), new Random(SEED), Pictures.LONG, Pictures.SHORT);
  }

  @BeforeEach
  void fresh() throws IOException {
    Files.deleteIfExists(catalogue.resolve("fourth.jpg"));
    Path copy = folder.resolve("copy" + copies++);
    FiveNights.tree(folder.resolve("nights"), copy);
    remap = settings(copy);
    Ledgers.forget();
  }

  private Remap.Ran reindex() {
    Remap.Ran ran = remap.run("reindex", "--catalogue", catalogue.toString());
    assertThat(ran.status()).as("%s", ran).isZero();
    return ran;
  }

  private void delete(String... patterns) throws IOException {
    for (String pattern : patterns) {
      Path file =
          remap.contents().keySet().stream()
              .filter(name -> name.matches(pattern))
              .findFirst()
              .map(remap.store()::resolve)
              .orElseThrow();
      Files.delete(file);
    }
  }

  private void repair() {
    Remap.Ran repaired = remap.run("verify", "--repair");
    assertThat(repaired.status()).as("%s", repaired).isEqualTo(1);
    for (String[] command : PrintedCommands.of(repaired.out())) {
      Ledgers.forget();
      Remap.Ran ran = Remap.line(command);
      assertThat(ran.status()).as("%s: %s", List.of(command), ran).isZero();
    }
    Ledgers.forget();
  }

  private String verified() {
    Ledgers.forget();
    return remap.run("verify").out();
  }

  /** They would be rejects that no layer above takes back: no night's books would balance again. */
  @Test
  void imagesThatLaterNightsHaveReplacedAreNoRejectsOfALayerThatIsMadeAgain() throws IOException {
    remap.set("extract.access-allowance", 1);
    delete("descriptors/[^/]+/00000001/segments/u000000-.*");
    delete("descriptors/[^/]+/00000001/segments/u000001-.*");
    delete("descriptors/[^/]+/00000001/segments/u000002-.*");

    repair();

    assertThat(verified()).contains("all is well");
    add("fourth");
    assertThat(reindex().out()).contains("live: generation 4");
    assertThat(remap.succeed("status").out()).doesNotContain("access (");
  }

  @Test
  void aLedgerIsMissedAlsoWhereRecordsAreGoneWithIt() throws IOException {
    delete(
        "descriptors/[^/]+/00000002/ledger.json", "descriptors/.*/00000002/records/u000000.json");

    assertThat(verified()).containsPattern("00000002/ledger.json +missing .* extract");

    repair();
    assertThat(verified()).contains("all is well");
  }

  /** Until its commands have run, what a repair has taken away is told. */
  @Test
  void aRepairOfWhichNoCommandWasRunIsNotForgotten() throws IOException {
    delete("vectors/[^/]+/00000001/segments/u000001-.*");

    assertThat(remap.run("verify", "--repair").status()).isEqualTo(1);

    assertThat(verified()).containsPattern("00000001/ledger.json +missing .* whiten");
    repair();
    assertThat(verified()).contains("all is well");
  }

  @ParameterizedTest
  @ValueSource(strings = {"descriptors/[^/]+/00000002", "vectors/[^/]+/00000002"})
  void aLayerWithoutPlanAndLedgerIsMadeAnew(String layer) throws IOException {
    delete(layer + "/plan.json", layer + "/ledger.json");

    repair();

    assertThat(verified()).contains("all is well");
    assertThat(reindex().out()).contains("nothing to do");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void aGenerationWithoutPlanAndLedgerGivesWayToAnother(String number) throws IOException {
    String generation = "indexes/default/0000000" + number;
    delete(generation + "/plan.json", generation + "/ledger.json");

    repair();

    assertThat(verified()).contains("all is well");
    add("fourth");
    assertThat(reindex().out()).contains("live: generation 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quantizers", "whitenings"})
  void anArtifactThatIsDamagedAndHasNoManifestIsMadeAgain(String kind) throws IOException {
    Path file;
    try (Stream<Path> files = Files.walk(remap.store().resolve(kind))) {
      file =
          files.filter(path -> path.toString().matches(".*(faiss|bin)")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[14]);
    delete(kind + "/[^/]+/manifest.json");

    repair();

    assertThat(verified()).contains("all is well");
    assertThat(file).hasBinaryContent(whole);
  }
}
