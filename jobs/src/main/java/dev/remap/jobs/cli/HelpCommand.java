package dev.remap.jobs.cli;

import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "help",
    description = {"Shows the help of a command, or the list of all.", ""})
final class HelpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** What the shell offers. */
  static final class Commands implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Main.names().iterator();
    }
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      completionCandidates = Commands.class,
      description = "Such as extract.")
  private String command;

  @Override
  public Integer call() {
    CommandLine all = spec.commandLine().getParent();
    CommandLine wanted = command == null ? all : all.getSubcommands().get(command);
    if (wanted == null) {
      throw new ParameterException(
          spec.commandLine(), "There is no command '" + command + "': help lists them all");
    }
    wanted.usage(wanted.getOut());
    return 0;
  }
}
