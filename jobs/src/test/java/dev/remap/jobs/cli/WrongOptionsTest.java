package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Options with values that cannot be: every command says so in one sentence. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongOptionsTest {
  /** What a store does not have. */
  private static final String NONE = "99";

  private Path folder;
  private Path catalogue;
  private Remap remap;
  private String whitening;

  @BeforeAll
  void night(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 12, 31);
    remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"))
            .set("unit.images", 16)
            .set("publish.copies", 0);
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    whitening = FiveNights.list(remap, "whitenings").get(0);
  }

  private void refused(String line, String... parts) {
    String[] words = PrintedLines.words("remap " + line);
    remap.run(words[0], Arrays.copyOfRange(words, 1, words.length)).assertRefused(2, parts);
  }

  /** By the kind of value that an option takes. */
  private static List<String> wrong(CommandLine.Model.OptionSpec option) {
    Class<?> type = option.type();
    if (type == Integer.class || type == int.class || type == Long.class) {
      return List.of("many", "NaN", "1.5", "99999999999999999999", "''", "2026-07-01", "-7");
    }
    return switch (option.longestName()) {
      case "--name" -> List.of("a/b", "..", "''", "x".repeat(300), "ü", "'a b'", "-7");
      case "--image", "--images" -> List.of("/not/there", "''", "foo://x/y");
      // What else it may not be, BadCatalogueTest tries.
      case "--catalogue" -> List.of("''", "s3a://user:password@bucket/x");
      case "--grace" -> List.of("soon", "7", "-7d", "NaN", "''", "99999999d", "2026-07-01");
      case "--backbone", "--import" -> List.of("/not/there", "''", "/");
      case "--groups" -> List.of("/not/there", "''", "none.csv", "..", "s3a://");
      case "--out", "--svg", "--html" -> List.of("-", "''", "..", "/not/there/x", "s3a://bucket/x");
      default -> List.of("nonsense", "''", "..", "x".repeat(300), "ü");
    };
  }

  /** The least that a command needs to come to the option. */
  private String base(String command, String option) {
    List<String> needed = new ArrayList<>(List.of(command));
    if (List.of("snapshot", "reindex", "plan", "retry").contains(command)
        && !List.of("--catalogue", "--images").contains(option)) {
      needed.add("--catalogue " + catalogue);
    }
    if (List.of("merge", "report").contains(command) && !option.equals("--out")) {
      needed.add("--out " + folder.resolve("merged"));
    }
    if (command.equals("clean") && !List.of("--groups", "--pairs").contains(option)) {
      needed.add("--groups .");
    }
    if (command.equals("demo") && !option.equals("--images")) {
      needed.add("--images " + catalogue);
    }
    if (command.equals("files") && !option.equals("--table")) {
      needed.add(
          "--table "
              + switch (option) {
                case "--whitening" -> "vectors";
                case "--name", "--generation" -> "shards";
                default -> "snapshot";
              });
    }
    if (command.equals("search") && !option.equals("--image")) {
      needed.add("--image " + catalogue.resolve("g00/p001.jpg"));
    }
    if (command.equals("evaluate") && !List.of("--copies", "--groups").contains(option)) {
      needed.add(option.equals("--aggregators") ? "--groups ." : "--copies 1");
    }
    if (command.equals("whiten-regions") && !option.equals("--for")) {
      needed.add("--for dir");
    }
    if (List.of("quantize").contains(command) && !option.equals("--whitening")) {
      needed.add("--whitening " + whitening);
    }
    return String.join(" ", needed);
  }

  @TestFactory
  Stream<DynamicTest> aWrongValueIsOneSentence() {
    List<DynamicTest> tests = new ArrayList<>();
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (command, line) -> {
              for (var option : line.getCommandSpec().options()) {
                String name = option.longestName();
                if (option.arity().max() > 0 && !OptionsTest.COMMON.contains(name)) {
                  tests.add(
                      DynamicTest.dynamicTest(
                          command + " " + name,
                          () -> {
                            List<String> lines =
                                wrong(option).stream()
                                    .map(value -> base(command, name) + " " + name + "=" + value)
                                    .toList();
                            Map<String, Remap.Ran> ran = batch(lines, remap);
                            ran.forEach(
                                (wrong, one) -> {
                                  assertThat(one.status()).as("%s: %s", wrong, one).isEqualTo(2);
                                  one.assertRefused(2);
                                });
                          }));
                }
              }
            });
    return tests.stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshot --catalogue CATALOGUE --snapshot",
        "extract --snapshot",
        "whiten --snapshot",
        "quantize --snapshot",
        "files --table snapshot --snapshot",
        "files --table descriptors --snapshot",
        "files --table moments --snapshot",
        "files --table rejects --snapshot",
        "files --table vectors --snapshot",
        "files --table shards --generation",
        "build --generation",
        "publish --generation",
        "rollback --generation",
        "evaluate --copies 1 --generation",
        "knn --generation",
        "tune --generation",
        "dedup --generation",
        "clean --groups . --generation",
        "files --table neighbors --generation",
      })
  void whatIsNotThereIsRefusedByItsNumber(String line) {
    refused(line.replace("CATALOGUE", catalogue.toString()) + " " + NONE, NONE);
  }

  /** The options that all have, given wrongly. */
  @TestFactory
  Stream<DynamicTest> everyCommandRefusesAWrongStoreFileOrSetting() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "in the way");
    Path syntax = Files.writeString(folder.resolve("syntax.conf"), "unit { images = ");
    Path unknown = Files.writeString(folder.resolve("unknown.conf"), "unit { imagse = 3 }");
    Path nothing = Files.writeString(folder.resolve("null.conf"), "unit { images = null }");
    Path binary =
        Files.write(folder.resolve("binary.conf"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    List<String> wrong =
        List.of(
            "--store=''",
            "--store=foo://x",
            "--config=/not/there",
            "--config=''",
            "--config=" + folder,
            "--config=" + syntax,
            "--config=" + unknown,
            "--config=" + nothing,
            "--config=" + binary,
            "--set=unit.imagse=3",
            "--set=unit.images=NaN",
            "--set=unit.images=null",
            "--set=unit.images=",
            "--set=search.k=5d",
            "--set=gc.grace=7",
            "--set==3",
            "--set=unit",
            "--set=''",
            "--set=index.name=a/b");
    return Main.commandLine().getSubcommands().keySet().stream()
        .map(
            command ->
                DynamicTest.dynamicTest(
                    command,
                    () -> {
                      String line = base(command, "--none");
                      // They share the options, so one command tries them all.
                      Stream<String> options =
                          command.equals("files")
                              ? wrong.stream()
                              : Stream.of("--store=''", "--config=" + unknown, "--set=k=3");
                      batch(options.map(option -> line + " " + option).toList(), null)
                          .forEach((wrongly, one) -> onlyASentence(one));
                      Remap.Ran ran = plainly(line + " --store=" + file);
                      ran.assertRefused(ran.status() == 1 ? 1 : 2, file.toString());
                    }));
  }

  private static void onlyASentence(Remap.Ran ran) {
    ran.assertRefused(2);
    assertThat(ran.err().lines().count()).as(ran.err()).isLessThanOrEqualTo(2);
  }

  /** Runs lines one after the other, on a store or on none. */
  private static Map<String, Remap.Ran> batch(List<String> lines, Remap remap) {
    List<List<String>> arguments = new ArrayList<>();
    for (String line : lines) {
      String[] words = PrintedLines.words("remap " + line);
      arguments.add(
          remap == null
              ? List.of(words)
              : remap.arguments(words[0], Arrays.copyOfRange(words, 1, words.length)));
    }
    List<Remap.Ran> ran = Remap.lines(arguments);
    Map<String, Remap.Ran> byLine = new LinkedHashMap<>();
    for (int i = 0; i < ran.size(); i++) {
      byLine.put(lines.get(i), ran.get(i));
    }
    return byLine;
  }

  /** Without a store of its own. */
  private static Remap.Ran plainly(String line) {
    return Remap.line(PrintedLines.words("remap " + line));
  }

  @Test
  void everyCommandExplainsItself() {
    List<String> commands = List.copyOf(Main.commandLine().getSubcommands().keySet());
    List<Remap.Ran> ran =
        Remap.lines(commands.stream().map(command -> List.of(command, "--help")).toList());
    for (int i = 0; i < commands.size(); i++) {
      assertThat(ran.get(i).status()).isZero();
      assertThat(ran.get(i).err()).isEmpty();
      assertThat(ran.get(i).out()).startsWith("Usage: remap " + commands.get(i));
    }
  }
}
