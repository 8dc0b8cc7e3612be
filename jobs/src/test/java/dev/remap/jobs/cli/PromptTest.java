package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is answered before Spark is thought of, and how it reads. */
class PromptTest {
  private static final int WIDTH = 80;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "-h",
        "help",
        "help extract",
        "--version",
        "-V",
        "extract --help",
        "snapshoot",
        "snapshot --nope",
        "search --store x",
        "build --shards many",
        "evaluate --copies 2 --groups ."
      })
  void helpVersionAndWrongUsageNeedNoSpark(String line) {
    assertThat(Launch.isAnsweredAtOnce(Main.commandLine(), words(line))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "status --store x", "extract --set a=b", "demo"})
  void whatHasSomethingToDoIsLeftToSpark(String line) {
    assertThat(Launch.isAnsweredAtOnce(Main.commandLine(), words(line))).isFalse();
  }

  @Test
  void wrongSettingsNeedNoSparkEither() {
    assertThat(wrong("status")).hasValueSatisfying(it -> assertThat(it).startsWith("No store"));
    assertThat(wrong("reindex --store x --set unit.images=foo"))
        .hasValue("--set unit.images=foo: unit.images must be a number, like 16384");
    assertThat(wrong("status --store x --config /no/file"))
        .hasValueSatisfying(it -> assertThat(it).contains("/no/file cannot be read"));
    assertThat(wrong("status --store x")).isEmpty();
    assertThat(wrong("status --set store=x")).isEmpty();
    assertThat(wrong("settings")).isEmpty();
    assertThat(wrong("demo")).isEmpty();
  }

  @Test
  void withoutAFolderForTemporaryFilesNothingBegins(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(Launch.withoutTemporary(folder)).isEmpty();
    assertThat(Launch.withoutTemporary(folder.resolve("a/b"))).isEmpty();
    assertThat(Launch.withoutTemporary(Files.createSymbolicLink(folder.resolve("l"), folder)))
        .isEmpty();
    assertThat(Launch.withoutTemporary(file.resolve("b")).orElseThrow())
        .startsWith(file + "/b, the folder for temporary files, may not be written");
  }

  @Test
  void whatIsPrintedAndLostIsAFailure() throws IOException {
    try (PrintStream full = new PrintStream(new FileOutputStream("/dev/full"))) {
      full.println("a table");

      assertThat(Main.written(0, full, false)).isEqualTo(1);
      assertThat(Main.written(2, full, false)).isEqualTo(2);
      assertThat(Main.written(0, full, true)).isZero();
    }
    assertThat(Main.written(0, new PrintStream(new ByteArrayOutputStream()), false)).isZero();
  }

  private static Optional<String> wrong(String line) {
    CommandLine remap = Main.commandLine();
    remap.parseArgs(words(line));
    return Launch.wrong(remap.getParseResult());
  }

  private static String[] words(String line) {
    return line.isEmpty() ? new String[0] : line.split(" ", -1);
  }

  @Test
  void helpOfACommandIsThatOfItsOption() {
    assertThat(Remap.line("help", "extract").out())
        .isEqualTo(Remap.line("extract", "--help").out());
    assertThat(Remap.line("help").out()).isEqualTo(Remap.line("--help").out());
    Remap.line("help", "nope").assertRefused(2, "There is no command 'nope'");
  }

  @Test
  void theVersionIsALine() {
    assertThat(Remap.line("--version").out()).matches("remap-index \\S+\\R");
  }

  @Test
  void theListOfCommandsHasWholeSentencesAndNoLineIsWiderThanATerminal() {
    CommandLine remap = Main.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH);

    String help = remap.getUsageMessage();

    assertThat(help.lines()).allMatch(line -> line.length() <= WIDTH);
    String said = help.lines().map(String::strip).collect(Collectors.joining(" "));
    remap
        .getSubcommands()
        .forEach(
            (name, command) -> {
              String sentence = command.getCommandSpec().usageMessage().description()[0];
              assertThat(sentence).as(name).endsWith(".").hasSizeLessThan(WIDTH + 10);
              assertThat(said.replaceAll(" +", " ")).contains(name + " " + sentence);
            });
  }

  @Test
  void noLineOfACommandsHelpIsBrokenTwice() {
    CommandLine remap = Main.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH);

    remap
        .getSubcommands()
        .forEach(
            (name, command) -> {
              List<String> prose = Arrays.asList(command.getCommandSpec().usageMessage().footer());
              assertThat(prose).as(name).allMatch(line -> line.length() < WIDTH);
              for (String part : command.getCommandSpec().usageMessage().description()) {
                assertThat(part).as(name).matches("|.*[.:]");
              }
            });
  }
}
