package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code bin/release} has Java write for {@code man} and for the shell. */
class ManualPagesTest {
  /** Those of man(7) that the pages have. */
  private static final String REQUEST = "\\.(TH|SH|TP|IP|PP|nf|fi|BR)( .*)?";

  @TempDir private static Path share;

  @BeforeAll
  static void write() throws IOException {
    Launch.main(new String[] {"--pages", share.toString()});
  }

  private static String page(String name) throws IOException {
    return Files.readString(share.resolve("man/man1/" + name + ".1"));
  }

  @Test
  void everyCommandAndEveryOptionIsInAPage() throws IOException {
    String list = page("remap");
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      String page = page("remap-" + command.getCommandName());
      assertThat(list).contains("\\fB" + command.getCommandName().replace("-", "\\-") + "\\fR\n");
      command.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .forEach(option -> assertThat(page).contains(option.longestName().replace("-", "\\-")));
    }
  }

  @Test
  void aLineOfTextIsNoRequest() throws IOException {
    try (var pages = Files.list(share.resolve("man/man1"))) {
      for (Path page : pages.toList()) {
        assertThat(Files.readAllLines(page))
            .as(page.toString())
            .allSatisfy(line -> assertThat(line).matches(REQUEST + "|([^.'].*)?"));
      }
    }
  }

  @Test
  void whatBashOffersForAnOptionIsAccepted() {
    List<String> tried = new ArrayList<>();
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.completionCandidates() != null || option.type().isEnum()) {
          AutoComplete.bash("it", commandOf(option))
              .lines()
              .filter(line -> line.contains("_option_args=("))
              .flatMap(line -> Pattern.compile("\"([^\"]*)\"").matcher(line).results())
              .map(value -> value.group(1))
              .forEach(
                  value -> {
                    String typed = option.longestName() + "=" + value;
                    tried.add(typed);
                    assertThat(refusal(command.getCommandName(), typed)).as(typed).isEmpty();
                  });
        }
      }
    }
    assertThat(tried).contains("--retrain=cold", "--retrain=warm", "--table=vectors");
  }

  private static CommandLine commandOf(OptionSpec option) {
    OptionSpec alone = OptionSpec.builder(option).build();
    return new CommandLine(CommandSpec.create().name("it").addOption(alone));
  }

  private static String refusal(String... line) {
    try {
      Main.commandLine(line).parseArgs(line);
      return "";
    } catch (CommandLine.MissingParameterException e) {
      return ""; // What is wrong with values is said before.
    } catch (CommandLine.ParameterException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "re, reindex report retry",
    "reindex --prof, --profile",
    "search --rer, --rerank",
    "nope --sto, ''",
    "help g, gc",
    "reindex --retrain c, cold",
    "files --table sn, snapshot",
    "search --image man/ma, man/man1",
    "search --html bash-, bash-completion",
    "status --store m, man",
    "reindex --catalogue m, man",
    "extract --backbone m, man",
    "train --groups m, man",
    "files --id m, ''"
  })
  void bashCompletesCommandsOptionsAndPlaces(String typed, String offered) {
    String script = share.resolve("bash-completion/completions/remap").toString();
    String complete =
        "compopt() { :; }; . \"$0\"; COMP_WORDS=(remap $1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_remap;"
            + " echo ${COMPREPLY[@]}";

    Script.Ran ran = Script.run(share, Map.of(), List.of("bash", "-c", complete, script, typed));

    assertThat(List.of(ran.said().strip().split("\\s+")))
        .containsExactlyInAnyOrder(offered.split(" ", -1));
  }
}
