package dev.remap.jobs.job;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Other commands as a run's messages ask for them: on the same store, index and catalogue, with the
 * settings that the run was given, so that they do what the message means.
 */
record CommandLines(JobContext context) {
  /** Stands where nobody has said yet where the images are. */
  private static final String UNKNOWN = "FOLDER_OR_TABLE";

  private static final String CATALOGUE = "catalogue.uri";
  private static final String FORMAT = "catalogue.format";

  /** Commands that look at no settings. */
  private static final Set<String> WITHOUT_SETTINGS = Set.of("status", "verify", "rollback");

  private static final Set<String> OF_AN_INDEX =
      Set.of(
          "build",
          "publish",
          "rollback",
          "reindex",
          "retry",
          "plan",
          "compact",
          "search",
          "evaluate");

  private static final Set<String> OF_A_CATALOGUE = Set.of("snapshot", "reindex", "retry", "plan");

  CommandText of(String command) {
    Settings settings = context.settings();
    CommandText line = CommandText.of(command).with("--store", settings.string("store"));
    if (OF_AN_INDEX.contains(command)) {
      line = line.with("--name", settings.string("index.name"));
    }
    if (OF_A_CATALOGUE.contains(command)) {
      line = withCatalogue(line);
    }
    return WITHOUT_SETTINGS.contains(command) ? line : line.withSettings(settings.given());
  }

  /** Where this run was told, or the last one that was. */
  private CommandText withCatalogue(CommandText line) {
    String own = context.settings().string(CATALOGUE);
    if (!own.isBlank()) {
      return line.with("--catalogue", own);
    }
    List<RunHistory.Run> runs = RunHistory.of(context.store()).runs();
    for (int i = runs.size() - 1; i >= 0; i--) {
      Optional<String> last = runs.get(i).setting(CATALOGUE).filter(uri -> !uri.isBlank());
      if (last.isPresent()) {
        CommandText there = line.with("--catalogue", last.get());
        String format = runs.get(i).setting(FORMAT).orElse("auto");
        return format.equals(context.settings().string(FORMAT))
            ? there
            : there.withSettings(List.of("--set", FORMAT + "=" + format));
      }
    }
    return line.with("--catalogue", UNKNOWN);
  }
}
