package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong before a job begins: options, settings, and the store that they name. */
class UsageTest {
  @TempDir private Path folder;

  private Remap remap() {
    return new Remap(folder.resolve("store"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\" | Which stage?",
        "snapshoot | Did you mean: remap snapshot",
        "snapshot --nope | Unknown option: '--nope'",
        "build --shards many | 'many' is not an int",
        "search --name x | --image=FILE",
        "evaluate | --copies=N",
        "files | '--table=NAME'",
        "snapshot --set unit | KEY=VALUE format but was unit",
      })
  void aLineThatCannotBeUnderstoodIsUsage(String line, String part) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
    Remap.line(arguments).assertRefused(2, part);
  }

  @Test
  void helpOfExtractListsTheAggregators() {
    String help = Remap.line("extract", "--help").out().replaceAll("\\s+", " ");
    for (AggregationKind kind : AggregationKind.all()) {
      assertThat(help).contains(" " + kind.name() + " " + kind.about());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"search", "evaluate"})
  void helpNamesTheMethodsAfterASearchAsTheyAreByDefault(String command) {
    Remap.Ran ran = Remap.line(command, "--help");
    assertThat(ran.err()).isEmpty();
    String help = ran.out().replaceAll("\\s+", "");
    for (RerankMethod method : RerankMethod.values()) {
      assertThat(help).contains(method.usual());
    }
  }

  @Test
  void helpListsTheCommands() {
    Remap.Ran ran = Remap.line("--help");

    assertThat(ran.status()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .startsWith("Usage: remap")
        .contains(Main.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit.image=3 | unknown setting unit.image (did you mean unit.images?)",
        "nprobe=3 | unknown setting nprobe (did you mean search.nprobe?)",
        "unit.images=many | unit.images must be a number, like 16384",
        "unit.images={ | unit.images must be a number",
        "catalogue.extensions=jpg | must be a list, like [\"jpg\",",
        "unit=3 | unit must be a group of settings",
      })
  void aWrongSettingIsNamedWithWhatItShouldBe(String setting, String part) {
    remap().run("snapshot", "--set", setting).assertRefused(2, "--set " + setting + ": ", part);

    assertThat(remap().store()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit { images = | Expecting a value",
        "unit { imagse = 3 } | unknown setting unit.imagse (did you mean unit.images?)",
        "unit { images = soon } | unit.images must be a number",
      })
  void aWrongConfigurationFileIsNamed(String text, String part) throws IOException {
    Path file = Files.writeString(folder.resolve("own.conf"), text);

    remap().run("snapshot", "--config", file.toString()).assertRefused(2, file.toString(), part);
  }

  @Test
  void aConfigurationFileThatIsNoneIsRefused() {
    Path missing = folder.resolve("missing.conf");

    remap()
        .run("snapshot", "--config", missing.toString())
        .assertRefused(2, missing + " cannot be read: check --config");
    remap()
        .run("snapshot", "--config", folder.toString())
        .assertRefused(2, folder + " cannot be read: check --config");
    assertThat(remap().store()).doesNotExist();
  }

  @Test
  void aCommandWithoutAStoreSaysHowToGiveOne() {
    Remap.line("status").assertRefused(2, "No store given: use --store FOLDER");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--catalogue /not/there",
        "--catalogue /proc/version",
        "--set extractor.aggregator=gem --set extractor.levels=3",
        "--set extractor.region-weights=/no/weights.json",
        "--catalogue EMPTY",
        ""
      })
  void aFailingSnapshotLeavesNoStoreBehind(String line) throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    String[] options = line.replace("EMPTY", empty.toString()).split(" ", -1);
    String[] given = line.isEmpty() ? new String[0] : options;

    remap().run("snapshot", given).assertRefused(2);
    assertThat(remap().store()).doesNotExist();
    Files.createDirectory(remap().store());
    remap().run("snapshot", given).assertRefused(2);

    assertThat(remap().store()).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo://x", "http://localhost/store"})
  void aStoreOfAnUnknownSchemeIsRefused(String store) {
    Remap.line("snapshot", "--store", store, "--catalogue", folder.toString())
        .assertRefused(2, store);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "extract",
        "whiten",
        "quantize",
        "build",
        "publish",
        "rollback",
        "status",
        "gc",
        "verify",
        "verify --repair",
        "files --table x"
      })
  void onlyASnapshotMakesAStore(String line) {
    String[] words = line.split(" ", -1);
    String[] options = java.util.Arrays.copyOfRange(words, 1, words.length);

    remap().run(words[0], options).assertRefused(2, "There is no store at", "let a snapshot make");

    assertThat(remap().store()).doesNotExist();
  }

  @Test
  void aSettingWithoutANameIsSaidInOurWords() {
    remap().run("status", "--set", "=3").assertRefused(2, "'' is no name of a setting");
    remap().run("status", "--set", "a..b=3").assertRefused(2, "'a..b' is no name of a setting");
  }

  @Test
  void aHostThatNobodyKnowsIsNoWrongPath() {
    Remap.line("status", "--store", "hdfs://nohost.invalid:8020/s")
        .assertRefused(1, "hdfs://nohost.invalid:8020/s", "nohost.invalid");
  }

  @Test
  void aStoreOfAnotherVersionIsLeftAlone() throws IOException {
    Files.createDirectories(remap().store());
    Path mark = remap().store().resolve("store.json");
    String text = "{\"schema-version\": 9, \"kind\": \"remap-store\"}";
    Files.writeString(mark, text);

    remap()
        .run("snapshot", "--catalogue", folder.toString())
        .assertRefused(2, "schema version 9", "version 1");

    assertThat(mark).hasContent(text);
    assertThat(remap().contents()).hasSize(1);
  }

  @Test
  void aDamagedMarkIsAFailureNotAnInvitation() throws IOException {
    Files.createDirectories(remap().store());
    Files.writeString(remap().store().resolve("store.json"), "{nonsense");

    remap()
        .run("snapshot", "--catalogue", folder.toString())
        .assertRefused(1, "store.json is damaged");
  }

  /** Stands for a folder that must not be written; the superuser may write any. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "file/below"})
  void aPlaceWhereNoStoreCanBeIsAFailure(String place) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    new Remap(folder.resolve(place))
        .run("snapshot", "--catalogue", folder.toString())
        .assertRefused(1, "Could not create", file.toString());

    assertThat(file).hasContent("in the way");
  }

  /** Stands for a store that must not be written. */
  @Test
  void aStoreThatTakesNoRecordOfARunIsOneSentence() throws IOException {
    Store.openOrCreate(remap().store().toString(), new Configuration());
    Files.createSymbolicLink(remap().store().resolve("runs"), folder.resolve("nowhere"));
    Files.writeString(remap().store().resolve("heartbeats"), "in the way");

    Remap.Ran snapshot = remap().run("snapshot", "--catalogue", folder.toString());

    snapshot.assertRefused(1, "Could not leave a record of this run in file:" + remap().store());
    assertThat(snapshot.err()).hasLineCount(1).doesNotContain("started.json");
  }

  @Test
  void aFolderThatMustNotBeWrittenIsAFailure() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assertThat(locked.toFile().setWritable(false)).isTrue();
    org.junit.jupiter.api.Assumptions.assumeFalse(
        Files.isWritable(locked), "SKIPPED: the superuser may write any folder");

    new Remap(locked.resolve("store"))
        .run("snapshot", "--catalogue", folder.toString())
        .assertRefused(1, "no permission");
  }
}
