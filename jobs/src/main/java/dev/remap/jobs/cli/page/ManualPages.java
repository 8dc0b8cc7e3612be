package dev.remap.jobs.cli.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help of all commands as pages for {@code man}, one for each command and one for all, and a
 * script by which Bash completes them.
 *
 * @param all the commands
 * @param version as pages end with it
 */
public record ManualPages(CommandLine all, String version) {
  private static final String STATUS =
      """
      .SH EXIT STATUS
      0 done, 1 failed, 2 wrong usage or input, 130 or 143 interrupted by Ctrl\\-C or SIGTERM.
      """;

  /**
   * Writes {@code man/man1/*.1} and {@code bash-completion/completions/NAME}, where a prefix's
   * {@code share} has them.
   *
   * @param share created if need be
   */
  public void write(Path share) throws IOException {
    Path pages = Files.createDirectories(share.resolve("man/man1"));
    Files.writeString(pages.resolve(all.getCommandName() + ".1"), page(all));
    for (CommandLine command : commands()) {
      Files.writeString(pages.resolve(name(command) + ".1"), page(command));
    }
    Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
    Files.writeString(completions.resolve(all.getCommandName()), new BashCompletion(all).script());
  }

  private List<CommandLine> commands() {
    return all.getSubcommands().values().stream().distinct().toList();
  }

  /** Such as {@code remap-reindex}. */
  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  private String page(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<String> said = paragraphs(spec.usageMessage().description());
    StringBuilder page = new StringBuilder();
    page.append(
        String.format(
            ".TH %s 1 \"\" \"%s\" \"%s\"%n",
            name(command).toUpperCase(Locale.ROOT), text(version), "remap-index"));
    page.append(".SH NAME\n").append(text(name(command) + " - " + said.get(0))).append('\n');
    page.append(".SH SYNOPSIS\n.nf\n").append(text(help(command).synopsis(0))).append(".fi\n");
    page.append(".SH DESCRIPTION\n").append(String.join(".PP\n", lines(said)));
    if (command == all) {
      page.append(".SH COMMANDS\n");
      commands().forEach(it -> page.append(entry(it)));
    }
    page.append(".SH OPTIONS\n");
    Stream<ArgSpec> arguments =
        Stream.concat(spec.positionalParameters().stream(), spec.options().stream());
    arguments.filter(it -> !it.hidden()).forEach(it -> page.append(entry(it)));
    String footer = help(command).footerHeading() + help(command).footer();
    if (!footer.isBlank()) {
      // Lists of their own, as they are.
      page.append(".SH NOTES\n.nf\n").append(text(footer.strip())).append("\n.fi\n");
    }
    page.append(STATUS);
    page.append(".SH SEE ALSO\n").append(command == all ? others() : ".BR remap (1)\n");
    return page.toString();
  }

  private String others() {
    return commands().stream()
        .map(it -> ".BR " + text(name(it)) + " (1)")
        .collect(Collectors.joining(",\n", "", "\n"));
  }

  private static CommandLine.Help help(CommandLine command) {
    return new CommandLine.Help(
        command.getCommandSpec(), CommandLine.Help.defaultColorScheme(Ansi.OFF));
  }

  private static String entry(CommandLine command) {
    List<String> said = paragraphs(command.getCommandSpec().usageMessage().description());
    return entry(bold(command.getCommandName()), said.subList(0, 1));
  }

  private static String entry(ArgSpec argument) {
    String label = argument.paramLabel();
    String head = argument instanceof OptionSpec option ? head(option, label) : italic(label);
    return entry(head, paragraphs(argument.description()));
  }

  private static String head(OptionSpec option, String label) {
    String names =
        Arrays.stream(option.names()).map(ManualPages::bold).collect(Collectors.joining(", "));
    String value = option.arity().min() == 0 ? "[=" + italic(label) + "]" : "=" + italic(label);
    return option.arity().max() == 0 ? names : names + value;
  }

  private static String bold(String text) {
    return "\\fB" + text(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + text(text) + "\\fR";
  }

  private static String entry(String head, List<String> said) {
    return ".TP\n" + head + "\n" + String.join(".IP\n", lines(said));
  }

  private static List<String> lines(List<String> paragraphs) {
    return paragraphs.stream().map(it -> text(it) + "\n").toList();
  }

  private static List<String> paragraphs(String... lines) {
    return Arrays.stream(lines).filter(line -> !line.isBlank()).map(String::stripTrailing).toList();
  }

  /** What roff would read as a request, an escape or a hyphen is what it is. */
  private static String text(String plain) {
    return plain.replace("\\", "\\(rs").replace("-", "\\-").replaceAll("(?m)^(?=[.'])", "\\\\&");
  }
}
