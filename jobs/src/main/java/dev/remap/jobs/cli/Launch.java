package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.page.ManualPages;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Interruption;
import dev.remap.jobs.run.Logs;
import dev.remap.jobs.store.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkException;
import org.apache.spark.deploy.SparkSubmit;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code bin/remap} starts: help, the version and wrong usage are answered at once, and all
 * else is handed to Spark, in this JVM.
 */
final class Launch {
  /** Stands between Spark's options and the command. */
  private static final String END_OF_OPTIONS = "--";

  /** Before that, in the place of Spark's options: only answer what can be answered at once. */
  private static final String ANSWER = "--answer";

  /** Alone: write the manual pages and the completion of the shell into the folder that follows. */
  private static final String PAGES = "--pages";

  /** What is said to whoever asked for an answer, and has to start Spark by itself. */
  static final int NOT_ANSWERED = 3;

  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  /** Commands that have a store of their own, or need none. */
  private static final Set<String> WITHOUT_STORE = Set.of("demo", "settings");

  private Launch() {}

  /**
   * Runs a command line.
   *
   * @param arguments the application's jar, Spark's options, {@code --} and the command; or {@code
   *     --answer}, {@code --} and the command; or {@code --pages} and a folder
   */
  public static void main(String[] arguments) throws IOException {
    // Who asks for an answer has a sentence of its own.
    if (!arguments[0].equals(ANSWER)) {
      Interruption.arm();
    }
    if (arguments[0].equals(PAGES)) {
      CommandLine all = Main.commandLine();
      new ManualPages(all, all.getCommandSpec().version()[0]).write(Path.of(arguments[1]));
      return;
    }
    int end = Arrays.asList(arguments).indexOf(END_OF_OPTIONS);
    String[] command = Arrays.copyOfRange(arguments, end + 1, arguments.length);
    CommandLine remap = Main.commandLine(command);
    if (isAnsweredAtOnce(remap, command)) {
      System.exit(Main.written(Main.run(remap, command)));
    }
    Optional<String> wrong = wrong(remap.getParseResult()).or(() -> withoutTemporary(TEMPORARY));
    if (wrong.isPresent()) {
      System.err.println("remap: " + Plain.lines(wrong.get()));
      System.exit(2);
    }
    if (arguments[0].equals(ANSWER)) {
      System.exit(NOT_ANSWERED);
    }
    List<String> line = new ArrayList<>(List.of("--class", Main.class.getName()));
    line.addAll(Arrays.asList(arguments).subList(1, end));
    line.add(arguments[0]);
    line.addAll(List.of(command));
    Logs.asDelivered();
    try {
      SparkSubmit.main(line.toArray(String[]::new));
    } catch (Exception | LinkageError e) {
      Interruption.await();
      if (e instanceof SparkException) {
        System.err.println("remap: Spark does not take its options: " + Plain.line(reason(e)));
        System.exit(2);
      }
      System.err.println("remap: Spark cannot be started: " + Plain.line(reason(e)));
      System.exit(1);
    }
  }

  private static String reason(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /**
   * What is wrong with the settings of a line that was parsed, if no store need be asked for it.
   */
  static Optional<String> wrong(ParseResult parsed) {
    CommandSpec command = parsed.subcommand().commandSpec();
    try {
      for (CommandSpec mixin : command.mixins().values()) {
        if (mixin.userObject() instanceof CommonOptions common) {
          common.check(!WITHOUT_STORE.contains(command.name()));
        }
      }
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage());
    } catch (RuntimeException e) {
      return Optional.empty(); // Whoever runs the command says it better.
    }
  }

  /** What is wrong with the folder for temporary files, of which Spark would say more. */
  static Optional<String> withoutTemporary(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder); // as Spark would
      }
    } catch (IOException e) {
      // Then it may not be written, either.
    }
    return Files.isWritable(folder)
        ? Optional.empty()
        : Optional.of(
            Plain.format(
                "%s, the folder for temporary files, may not be written or cannot be made: name"
                    + " another one by JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER",
                folder));
  }

  /** Whether there is nothing to run. */
  static boolean isAnsweredAtOnce(CommandLine remap, String... command) {
    try {
      ParseResult parsed = remap.parseArgs(command);
      ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
      return !parsed.hasSubcommand()
          || last.isUsageHelpRequested()
          || last.isVersionHelpRequested()
          || last.commandSpec().userObject() instanceof HelpCommand;
    } catch (ParameterException e) {
      return true;
    }
  }
}
