package dev.remap.jobs.cli.page;

import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/**
 * The script by which Bash (and Zsh, after {@code bashcompinit}) completes commands, their options,
 * values of which there are few, and the places that options name: those of this machine, though
 * many may be elsewhere.
 *
 * @param all the commands
 */
record BashCompletion(CommandLine all) {
  /** In the label of a value that may be a file or folder. */
  private static final String PLACE = ".*(FILE|FOLDER|URI).*";

  String script() {
    CommandSpec root = asCompleted(all.getCommandSpec());
    all.getSubcommands()
        .forEach((name, it) -> root.addSubcommand(name, asCompleted(it.getCommandSpec())));
    return AutoComplete.bash(root.name(), new CommandLine(root));
  }

  /** The same command, whose places have the type that picocli completes as files. */
  private static CommandSpec asCompleted(CommandSpec command) {
    CommandSpec same = CommandSpec.create().name(command.name());
    for (OptionSpec option : command.options()) {
      boolean isPlace = option.arity().max() > 0 && option.paramLabel().matches(PLACE);
      same.addOption(
          isPlace
              ? OptionSpec.builder(option.names()).type(Path.class).build()
              : OptionSpec.builder(option).scopeType(ScopeType.LOCAL).inherited(false).build());
    }
    command.positionalParameters().stream()
        .map(argument -> PositionalParamSpec.builder(argument).build())
        .forEach(same::addPositional);
    return same;
  }
}
