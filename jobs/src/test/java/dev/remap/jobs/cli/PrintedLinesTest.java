package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Every command line that is printed anywhere does what it says when it is run. */
class PrintedLinesTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COMMAND =
      Pattern.compile("\\bremap (" + String.join("|", commands()) + ")\\b(?! *[|/])");

  /** As bin/remap takes them out of the line for spark-submit. */
  private static final Set<String> OF_SPARK =
      Set.of("--master", "--conf", "--properties-file", "--driver-memory", "--executor-memory");

  private static Set<String> commands() {
    return Main.commandLine().getSubcommands().keySet();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "remap x --store plain -k 3 | x,--store,plain,-k,3",
        "remap  x 'a b' 'it'\\''s'  | x,a b,it's",
        "bin/remap x \"a b\"c       | x,a bc",
      })
  void aLineIsReadAsAShellReadsIt(String line, String words) {
    assertThat(PrintedLines.words(line)).containsExactly(words.split(",", -1));
  }

  @Test
  void documentedLinesAreCommandsWithOptionsThatExist() throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (Path file : documents()) {
      String text = Files.readString(file).replaceAll("\\n[#*> ]+", "\n");
      Matcher found =
          Pattern.compile("(?m)`(?:bin/)?(remap [a-z][^`]*)`|^(?:\\$ )?bin/(remap [a-z].*)$")
              .matcher(text);
      while (found.find()) {
        String line = found.group(1) == null ? found.group(2) : found.group(1);
        lines.put(line.replaceAll("\\s+", " "), HOME.relativize(file).toString());
      }
    }
    assertThat(lines).hasSizeGreaterThan(30);
    lines.forEach(
        (line, file) ->
            assertThatCode(() -> requireExists(example(line)))
                .as("%s: %s", file, line)
                .doesNotThrowAnyException());
  }

  @Test
  void documentedSettingsThatAShellWouldTakeApartAreQuoted() throws IOException {
    Pattern braces = Pattern.compile("--set[\\s#]+[^\\s'\"]*[{\\[][^\\s'\"]*");
    assertThat(braces.matcher("--set\n  # a=[{b=1,c=2}]").find()).isTrue();
    assertThat(braces.matcher("--set 'a=[{b=1,c=2}]'").find()).isFalse();
    for (Path file : documents()) {
      assertThat(braces.matcher(Files.readString(file)).results().map(found -> found.group()))
          .as("%s", HOME.relativize(file))
          .isEmpty();
    }
  }

  /** A sentence may speak of a command alone. */
  private static void requireExists(String... words) {
    if (words.length > 1) {
      PrintedLines.parse(words);
    } else {
      assertThat(commands()).contains(words[0]);
    }
  }

  private static List<Path> documents() throws IOException {
    List<Path> all =
        new ArrayList<>(List.of(HOME.resolve("README.md"), HOME.resolve("CONTRIBUTING.md")));
    for (String folder : List.of("docs", "conf", "bin")) {
      try (Stream<Path> files = Files.walk(HOME.resolve(folder), 2)) {
        files
            .filter(file -> file.toString().matches(".*\\.(md|conf|sh)|.*/bin/[a-z-]+"))
            .filter(Files::isRegularFile)
            .forEach(all::add);
      }
    }
    return all;
  }

  /** Without comments, redirections and Spark's options; a placeholder for a number is one. */
  private static String[] example(String line) {
    String[] words = PrintedLines.words(line.replaceAll("(\\s#\\s|\\s[>|]|;).*", ""));
    List<String> own = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      if (OF_SPARK.contains(words[i])) {
        i++;
      } else {
        own.add(words[i].matches("[A-Z]") ? "1" : words[i]);
      }
    }
    return own.toArray(String[]::new);
  }

  @Test
  void helpTextsNameCommandsThatExist() {
    CommandLine main = Main.commandLine();
    List<CommandLine> all = new ArrayList<>(main.getSubcommands().values());
    all.add(main);
    for (CommandLine command : all) {
      String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF).replaceAll("\\\\\n *", "");
      help.lines()
          .map(String::strip)
          .filter(PrintedLinesTest::isExample)
          .forEach(line -> PrintedLines.parse(example(line)));
      help =
          help.lines().filter(line -> !isExample(line.strip())).collect(Collectors.joining("\n"));
      Pattern.compile("(?m)(?<!Usage: )(?:bin/)?(remap [a-z]+(?: --?[a-z][^,.;`]*)?)")
          .matcher(help.replaceAll("(?s)^Usage: .*?\\n\\n", ""))
          .results()
          .map(found -> found.group(1))
          .filter(line -> COMMAND.matcher(line).find())
          .forEach(line -> PrintedLines.parse(example(line)));
    }
  }

  /** A line of help that is a command and nothing else. */
  private static boolean isExample(String line) {
    return line.matches("remap [a-z-]+ --.*");
  }

  /**
   * Messages print commands by {@code CommandText} alone, which is whole and quoted: a text that
   * names one by hand lacks the store at least.
   */
  @Test
  void noMessageNamesACommandByHand() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString();
        // The page of help has examples.
        if (!name.equals("Main.java")) {
          String code = Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "");
          Matcher literal = Pattern.compile("(?<!\\\\)\"((?:[^\"\\\\\\n]|\\\\.)*)\"").matcher(code);
          while (literal.find()) {
            // What is an example of a command's help, the test above parses.
            if (COMMAND.matcher(literal.group(1)).find()
                && !(name.endsWith("Command.java")
                    && isExample(literal.group(1).replaceFirst("^  ", "")))) {
              found.add(name + ": " + literal.group(1));
            }
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** From a search on an empty store: every refusal names the command that is missing. */
  @Test
  void whoDoesWhatIsPrintedComesToASearch(@TempDir Path temporary) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("it's a folder"));
    Path catalogue = folder.resolve("my $pictures");
    Pictures.folders(catalogue, 2, 15, 8);
    Remap remap =
        new Remap(folder.resolve("the store"))
            .tinyBackbone(folder.resolve("my backbone"))
            .set("publish.copies", 0)
            .set("index.name", "photos");
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    String image = catalogue.resolve("g00/p001.jpg").toString();

    List<String> ran = new ArrayList<>();
    Remap.Ran search = remap.run("search", "--image", image);
    for (int step = 0; search.status() != 0 && step < 20; step++) {
      follow(search, ran);
      search = remap.run("search", "--image", image);
    }

    assertThat(search.out()).contains("g00/p001.jpg");
    assertThat(ran).containsExactly("extract", "whiten", "quantize", "build", "publish");
  }

  private static void follow(Remap.Ran refused, List<String> ran) {
    List<String> lines = PrintedLines.in(refused.err());
    assertThat(lines).as(refused.err()).isNotEmpty();
    String[] words = PrintedLines.words(lines.get(0));
    assertThat(Arrays.asList(words)).contains("--store");
    Remap.Ran next = Remap.line(words);
    if (next.status() == 0) {
      ran.add(words[0]);
    } else {
      follow(next, ran);
    }
  }
}
