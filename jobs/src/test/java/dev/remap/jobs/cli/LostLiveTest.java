package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.layer.Ledgers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A live generation of which files are missing or damaged: what is published, and what one does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostLiveTest {
  private static final long SEED = 20270101;
  private static final String LIVE = "indexes/default/00000002";

  private Path folder;
  private Path catalogue;
  private Path nights;
  private Path candidate;
  private int copies;
  private Remap remap;

  /**
   * Two nights; and beside them a third generation by another whitening, which is not published.
   */
  @BeforeAll
  void twoNights(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    nights = folder.resolve("nights");
    remap = settings(nights);
    reindex();
    Random random = new Random(SEED);
    Pictures.write(catalogue.resolve("new.jpg"), random, Pictures.LONG, Pictures.SHORT);
    reindex();
    Path newest = catalogue.resolve("newest.jpg");
    Pictures.write(newest, random, Pictures.LONG, Pictures.SHORT);
    candidate = copy(nights, "candidate");
    remap = settings(candidate);
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    for (String stage : List.of("extract", "whiten", "quantize", "build")) {
      remap.succeed(stage);
    }
    Files.delete(newest);
  }

  private Remap settings(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("publish.copies", 3)
        .set("publish.groups", ".");
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return to;
  }

  @BeforeEach
  void fresh() {
    Ledgers.forget();
  }

  private void open(Path store) throws IOException {
    remap = settings(copy(store, "copy" + copies++));
  }

  private Remap.Ran reindex() {
    Remap.Ran ran = remap.run("reindex", "--catalogue", catalogue.toString());
    assertThat(ran.status()).as("%s", ran).isZero();
    return ran;
  }

  private Path file(String pattern) {
    return remap.contents().keySet().stream()
        .filter(name -> name.matches(pattern))
        .map(remap.store()::resolve)
        .findFirst()
        .orElseThrow();
  }

  private static void truncate(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
  }

  private static void delete(Path fileOrFolder) throws IOException {
    try (Stream<Path> files = Files.walk(fileOrFolder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private String whitening(String generation) throws IOException {
    String manifest = Files.readString(remap.store().resolve(generation + "/manifest.json"));
    return manifest.replaceFirst("(?s).*\"whitening\"\\s*:\\s*\"([0-9a-f]{16})\".*", "$1");
  }

  private Remap.Ran publish() {
    return remap.run("publish");
  }

  @Test
  void theCommandsThatAreNamedKeepTheProfile() throws IOException {
    Path profile = Files.createDirectories(folder.resolve("profile"));
    Files.writeString(profile.resolve("remap.conf"), "");
    Files.writeString(profile.resolve("spark.conf"), "");
    String named = "--profile " + profile;
    open(candidate);
    assertThat(remap.run("status", "--profile", profile.toString()).out())
        .containsPattern("was never live: `remap publish .*" + named);
    delete(remap.store().resolve(LIVE + "/manifest.json"));

    assertThat(remap.run("status", "--profile", profile.toString()).out())
        .containsPattern("cannot be read: see `remap verify .*" + named);
    assertThat(
            remap
                .run(
                    "search",
                    "--image",
                    catalogue.resolve("new.jpg").toString(),
                    "--profile",
                    profile.toString())
                .toString())
        .containsPattern(
            "Run `remap verify .*" + named + ".*or go back with `remap rollback .*" + named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest", "ledger", "shard-00000-.*"})
  void whatIsMissingOfTheLiveGenerationKeepsNoSoundOneOut(String name) throws IOException {
    open(candidate);
    Path lost = file(LIVE + "/" + name + "(\\.json|\\.faiss)");
    // A search of the same shard may have left a copy, which is as good.
    Files.deleteIfExists(LocalCache.FOLDER.resolve(Sha256.hex(Files.readAllBytes(lost))));
    Files.delete(lost);

    Remap.Ran ran = publish();

    assertThat(ran.status()).as("%s", ran).isZero();
    assertThat(ran.out())
        .contains("not checked: copies-recall-at-1, groups-map (the live generation 2 cannot be")
        .contains(lost + " is missing or damaged)", "live: generation 3 of 'default'");
  }

  /**
   * By the whitening of the live generation alone; they are read by tasks that do other work too.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ledger.json", "segments/.*"})
  void itsVectorsMayBeLostAsWell(String name) throws IOException {
    open(candidate);
    Path lost = file("vectors/" + whitening(LIVE) + "/00000001/" + name);
    truncate(lost);

    Remap.Ran ran = publish();

    assertThat(ran.status()).as("%s", ran).isZero();
    assertThat(ran.out()).contains("the live generation 2 cannot be searched: file:" + lost);
  }

  @Test
  void whatTheCandidateRestsOnIsNotBlamedOnTheLiveGeneration() throws IOException {
    open(candidate);
    Path lost = file("snapshots/00000001/segments/.*");
    truncate(lost);

    Remap.Ran ran = publish();

    ran.assertRefused(1, lost + " is damaged");
    assertThat(ran.err()).doesNotContain("the live generation");
    assertThat(remap.store().resolve("indexes/default/published/00000003.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"manifest.json", "ledger.json", "''"})
  void aNightWithoutTheLiveGenerationSaysHowToMendIt(String name) throws IOException {
    open(nights);
    delete(remap.store().resolve(LIVE + "/" + name));

    assertRefusedWithAdvice();
    mend();

    assertThat(reindex().out()).contains("nothing to do: generation 2 of 'default' is up to date");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "ledger.json"})
  void damageIsMendedInTheSameWay(String name) throws IOException {
    open(nights);
    truncate(remap.store().resolve(LIVE + "/" + name));

    assertThat(assertRefusedWithAdvice()).doesNotContain("rollback");
    mend();

    assertThat(reindex().out()).contains("nothing to do: generation 2 of 'default' is up to date");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @ParameterizedTest
  @CsvSource({"manifest.json", "''"})
  void orHowToGoBackAndOn(String name) throws IOException {
    open(nights);
    delete(remap.store().resolve(LIVE + "/" + name));

    String advice = assertRefusedWithAdvice();
    String rollback =
        PrintedLines.in(advice).stream()
            .filter(line -> line.startsWith("remap rollback "))
            .findFirst()
            .orElseThrow();
    assertThat(Remap.line(PrintedLines.words(rollback)).status()).as(rollback).isZero();

    reindex();
    Pictures.write(
        catalogue.resolve("once-more.jpg"), new Random(1), Pictures.LONG, Pictures.SHORT);
    reindex();
    Files.delete(catalogue.resolve("once-more.jpg"));
    assertThat(remap.succeed("status").out()).containsPattern("(?m)^ +default +\\d +live ");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  private String assertRefusedWithAdvice() {
    Remap.Ran ran = remap.run("reindex", "--catalogue", catalogue.toString());
    ran.assertRefused(
        1,
        "The live generation 2 of 'default' cannot be read (",
        " --repair` and the commands that it names",
        "; then run this again");
    return ran.err();
  }

  /** Runs what the sentence says, and what the repair says. */
  private void mend() {
    for (String[] command : PrintedCommands.of(remap.run("verify", "--repair").out())) {
      Remap.Ran ran = Remap.line(command);
      assertThat(ran.status()).as("%s: %s", List.of(command), ran).isZero();
    }
  }
}
