package dev.remap.jobs.cli;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Profile;
import dev.remap.jobs.run.Interruption;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.Logs;
import dev.remap.jobs.run.RunLog;
import dev.remap.jobs.run.SparkStart;
import dev.remap.jobs.run.Trace;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code remap}. Exit status: 0 done, 1 failed, 2 wrong usage or input. */
@Command(
    name = "remap",
    description = {
      "Makes a catalogue of images searchable by what they show.",
      "",
      "The stages, in order; each does only what is missing, however often it is run:",
      "  snapshot → extract → whiten → quantize → build → publish",
      "Before extract, if you like, weights for regions (weigh, train) or a whitening of"
          + " regions (whiten-regions). Every night: reindex.",
      ""
    },
    versionProvider = Main.Version.class,
    footer = {
      "",
      "First steps:   bin/remap demo",
      "Your images:   bin/remap snapshot --store STORE --catalogue FOLDER,",
      "               then the other stages",
      "Settings:      conf/remap.conf; override with --config FILE or --set key=value;",
      "               all of an index in one folder: --profile FOLDER",
      "",
      "Spark's options (--master, --conf, --packages, --executor-memory=8g, …) may stand"
          + " anywhere, all but --name, which is the name of an index (Spark's own: --conf"
          + " spark.app.name=NAME)."
    })
public final class Main implements Runnable {
  /** In the order of the list that help shows. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          SnapshotCommand.class,
          ExtractCommand.class,
          WeighCommand.class,
          TrainCommand.class,
          WhitenRegionsCommand.class,
          WhitenCommand.class,
          QuantizeCommand.class,
          BuildCommand.class,
          PublishCommand.class,
          ReindexCommand.class,
          PlanCommand.class,
          RetryCommand.class,
          CompactCommand.class,
          RollbackCommand.class,
          SearchCommand.class,
          EvaluateCommand.class,
          TuneCommand.class,
          KnnCommand.class,
          DedupCommand.class,
          CleanCommand.class,
          PrepareCommand.class,
          StatusCommand.class,
          ReportCommand.class,
          SettingsCommand.class,
          FilesCommand.class,
          MergeCommand.class,
          VerifyCommand.class,
          GcCommand.class,
          DemoCommand.class,
          HelpCommand.class);

  @Spec private CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // its annotation is all that is needed
  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @SuppressWarnings("UnusedVariable") // its annotation is all that is needed
  @CommandLine.Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show which version this is.")
  private boolean version;

  /** By the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"remap-index " + RunLog.version(Main.class)};
    }
  }

  private Main() {}

  /** Runs the command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    Interruption.arm();
    Logs.asDelivered();
    int status;
    try {
      status = run(arguments);
    } catch (RuntimeException | Error e) {
      Interruption.await();
      System.err.println("remap: " + unexpected(e));
      status = 1;
    }
    int ended = written(status);
    Interruption.over();
    System.exit(ended);
  }

  /** The exit status of a command; a failure if what it printed is lost. */
  static int written(int status) {
    return written(status, System.out, isReader());
  }

  /**
   * The same of any stream.
   *
   * @param isRead whether it goes to a program, which may have read enough
   */
  static int written(int status, PrintStream out, boolean isRead) {
    if (!out.checkError() || isRead) {
      return status;
    }
    System.err.println(
        "remap: what it prints could not be written: is standard output closed, or its disk full?");
    return Math.max(1, status);
  }

  /** Whether standard output goes to a program. */
  private static boolean isReader() {
    try {
      String where = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return where.startsWith("pipe:") || where.startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  /** What is said of what nobody has thought of. */
  private static String unexpected(Throwable failure) {
    return SparkStart.misfit(failure)
        .or(() -> SparkStart.stopped(failure))
        .or(() -> SparkStart.full(failure))
        .or(() -> SparkStart.unloaded(failure))
        .orElseGet(
            () ->
                "failed unexpectedly: "
                    + Plain.line(Credentials.blanked(failure.toString()))
                    + Trace.keep(failure));
  }

  static int run(String... arguments) {
    return run(commandLine(arguments), arguments);
  }

  static int run(CommandLine line, String... arguments) {
    for (String argument : arguments) {
      if (Credentials.areIn(argument)) {
        System.err.println(
            "remap: an argument has a password in its URI, which would be written into logs: leave"
                + " it out, and give credentials to Hadoop (a provider, or spark.hadoop.* in"
                + " Spark's configuration)");
        return 2;
      }
    }
    return line.execute(arguments);
  }

  /**
   * All commands and their options; or, as reading annotations takes its time, only the command
   * that the arguments begin with.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine remap = new CommandLine(new Main());
    List<Class<?>> meant =
        COMMANDS.stream().filter(it -> it != HelpCommand.class && isMeant(it, arguments)).toList();
    for (Class<?> command : meant.isEmpty() ? COMMANDS : meant) {
      remap.addSubcommand(command);
    }
    return remap
        .setExecutionStrategy(Main::execute)
        .setExecutionExceptionHandler(new OneSentence())
        .setParameterExceptionHandler(Main::usage)
        .setUsageHelpAutoWidth(true)
        .setUsageHelpLongOptionsMaxWidth(30);
  }

  private static boolean isMeant(Class<?> command, String... arguments) {
    return arguments.length > 0 && name(command).equals(arguments[0]);
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /** What the commands are called. */
  static List<String> names() {
    return COMMANDS.stream().map(Main::name).toList();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which stage? See the list below.");
  }

  /** An option that is given without a value, as by an unset variable, is not left aside. */
  private static int execute(ParseResult result) {
    ParseResult command = result.hasSubcommand() ? result.subcommand() : result;
    for (OptionSpec option : command.matchedOptions()) {
      Object value = option.getValue();
      if ((value instanceof String || value instanceof Path) && value.toString().isBlank()) {
        throw new ParameterException(
            command.commandSpec().commandLine(), option.longestName() + " has an empty value");
      }
    }
    return new CommandLine.RunLast().execute(result);
  }

  private static int usage(ParameterException e, String[] arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("remap: " + Plain.lines(e.getMessage()));
    if (CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      return 2;
    }
    if (e.getCommandLine().getParent() == null) {
      e.getCommandLine().usage(err);
    } else {
      err.println("See: remap " + e.getCommandLine().getCommandName() + " --help");
    }
    return 2;
  }

  /**
   * What the user did wrong is a sentence; what we did wrong is a sentence and, in the log, its
   * trace.
   */
  private static final class OneSentence implements IExecutionExceptionHandler {
    /** How to begin a repair of what is damaged. */
    private static String repair(Exception failure, ParseResult result) {
      String store = result.subcommand().matchedOptionValue("--store", "");
      Path profile = result.subcommand().matchedOptionValue(Profile.OPTION, null);
      boolean isDamaged = failure instanceof StoreException known && known.damage().isPresent();
      if (!isDamaged
          || (store.isBlank() && profile == null)
          || result.subcommand().commandSpec().name().equals("verify")) {
        return "";
      }
      CommandText verify = CommandText.of("verify");
      verify = profile == null ? verify : verify.with(Profile.OPTION, profile.toAbsolutePath());
      verify = store.isBlank() ? verify : verify.with("--store", store);
      return " (`" + verify.with("--repair") + "`)";
    }

    @Override
    public int handleExecutionException(
        Exception exception, CommandLine commandLine, ParseResult result) {
      Interruption.await();
      PrintWriter err = commandLine.getErr();
      if (exception instanceof InputException) {
        err.println("remap: " + Plain.lines(exception.getMessage()));
        return 2;
      }
      if (exception instanceof JobFailedException || exception instanceof StoreException) {
        err.println(
            "remap: "
                + Plain.lines(Credentials.blanked(exception.getMessage()))
                + repair(exception, result));
        return 1;
      }
      err.println("remap: " + unexpected(exception));
      return 1;
    }
  }
}
