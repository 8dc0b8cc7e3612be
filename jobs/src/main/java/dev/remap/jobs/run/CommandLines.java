package dev.remap.jobs.run;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.StoreException;
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

  private static final String INDEX = "index.name";
  private static final String URI = "catalogue.uri";
  private static final String FORMAT = "catalogue.format";

  /** Commands that look at no settings but those of a profile. */
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
          "evaluate",
          "knn",
          "dedup",
          "clean",
          "prepare");

  private static final Set<String> OF_A_CATALOGUE = Set.of("snapshot", "reindex", "retry", "plan");

  CommandText of(String command) {
    return of(command, index());
  }

  /** As this run was told, or one that there is, or that a run has begun. */
  private String index() {
    String said = context.settings().string(INDEX);
    if (context.settings().says(INDEX)) {
      return said;
    }
    try {
      List<String> there = context.store().list("indexes");
      return there.contains(said)
          ? said
          : there.stream().findFirst().or(this::lastBegun).orElse(said);
    } catch (StoreException e) {
      // A storage that fails must not take the place of what a message has to say.
      return said;
    }
  }

  /** The index of the newest run that was for one; none may have come of it yet. */
  private Optional<String> lastBegun() {
    return RunHistory.of(context.store()).runs().stream()
        .filter(run -> OF_AN_INDEX.contains(run.command()))
        .flatMap(run -> run.setting(INDEX).stream())
        .reduce((earlier, later) -> later);
  }

  CommandText of(String command, String index) {
    Settings settings = context.settings();
    CommandText line = CommandText.of(command).with("--store", settings.string("store"));
    if (OF_AN_INDEX.contains(command)) {
      line = line.with("--name", index);
    }
    if (OF_A_CATALOGUE.contains(command)) {
      Optional<Place> place = isTold() ? catalogue() : listed().or(this::catalogue);
      line = line.with("--catalogue", place.map(Place::uri).orElse(UNKNOWN));
      String own = settings.string(FORMAT);
      Optional<String> format = place.map(Place::format).filter(there -> !there.equals(own));
      if (format.isPresent()) {
        line = line.withSettings(List.of("--set", FORMAT + "=" + format.get()));
      }
    }
    return line.withSettings(
        WITHOUT_SETTINGS.contains(command) ? settings.profile() : settings.given());
  }

  /** Where a catalogue is, and as what it was read. */
  record Place(String uri, String format) {}

  /** Whether this run was told; else a file says where it usually is. */
  private boolean isTold() {
    return OF_A_CATALOGUE.contains(context.command()) || context.settings().isOfCommandLine(URI);
  }

  /** As this run was told, or the last one that listed it. */
  Optional<Place> catalogue() {
    Settings settings = context.settings();
    if (!settings.string(URI).isBlank()) {
      return Optional.of(new Place(settings.string(URI), settings.string(FORMAT)));
    }
    return listed();
  }

  /** As the last run had it that listed it; one that failed may have had a slip. */
  private Optional<Place> listed() {
    try {
      return RunHistory.of(context.store()).of("snapshot").stream()
          .filter(RunHistory.Run::succeeded)
          .flatMap(run -> place(run).stream())
          .reduce((earlier, later) -> later);
    } catch (StoreException e) {
      // A damaged record of a run must not take the place of what a message has to say.
      return Optional.empty();
    }
  }

  private static Optional<Place> place(RunHistory.Run run) {
    return run.setting(URI)
        .filter(uri -> !uri.isBlank())
        .map(uri -> new Place(uri, run.setting(FORMAT).orElse("auto")));
  }
}
