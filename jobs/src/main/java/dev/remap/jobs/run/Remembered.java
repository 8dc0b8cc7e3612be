package dev.remap.jobs.run;

import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.config.LocalPaths;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.settings.KeptSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the store remembers of the settings that decide artifacts, as a command takes it: nights of
 * an index take the extractor that its live generation was made by, everything else the one that
 * was used last.
 */
record Remembered(Store store, KeptSettings kept) {
  private static final Set<String> NIGHTS = Set.of("reindex", "retry", "plan");
  private static final int MOST_SHOWN = 3;

  /** What a command on an index takes from the store. */
  static Remembered of(Store store, String command, String index) {
    KeptSettings newest = KeptSettings.newest(store);
    boolean isNight = NIGHTS.contains(command) && newest.number() > 1;
    return new Remembered(
        store,
        isNight
            ? live(store, index)
                .filter(id -> !newest.extractor().equals(Optional.of(id)))
                .flatMap(id -> withExtractor(store, newest, id))
                .orElse(newest)
            : newest);
  }

  /** A command that takes nothing from the store. */
  static Remembered nothing(Store store) {
    return new Remembered(store, new KeptSettings(0, new TreeMap<>(), Optional.empty()));
  }

  private static Optional<KeptSettings> withExtractor(Store store, KeptSettings newest, String id) {
    return KeptSettings.all(store).stream()
        .filter(earlier -> earlier.extractor().equals(Optional.of(id)))
        .findFirst()
        .map(
            earlier -> {
              SortedMap<String, String> values = new TreeMap<>(earlier.values());
              values.keySet().removeIf(key -> !KeptGroup.EXTRACTOR.has(key));
              return newest.with(values, earlier.extractor());
            });
  }

  /** The extractor of what is live; what is damaged there is for others to say. */
  private static Optional<String> live(Store store, String index) {
    try {
      return new Publication(store, index)
          .latest()
          .map(published -> published.manifest().path())
          .map(path -> path.substring(0, Math.max(0, path.lastIndexOf('/'))))
          .flatMap(folder -> new Artifacts(store).find(folder))
          .map(ArtifactManifest::inputs)
          .flatMap(inputs -> inputs.find(Inputs.EXTRACTOR));
    } catch (StoreException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Settings in which the store stands in the place of defaults. */
  Settings under(Settings settings) {
    return settings.over(kept.values(), store.locate(KeptSettings.path(store, kept.number())));
  }

  /**
   * The extractor that settings describe, where they are as the store remembers them: then the
   * store has it whole, and no file of this machine need be there any more.
   */
  Optional<String> extractor(Settings settings) {
    return kept.extractor()
        .filter(
            id ->
                settings.texts(KeptGroup.EXTRACTOR).keySet().stream()
                    .noneMatch(key -> KeptGroup.EXTRACTOR.decidesBy(key) && settings.says(key)));
  }

  /**
   * Keeps the settings of a group, as somebody has used them now.
   *
   * @param extractor that they describe, if they are an extractor's
   * @return what is to be said about it, if another artifact was made by the settings before
   */
  Optional<String> keep(Settings settings, KeptGroup group, Optional<String> extractor) {
    SortedMap<String, String> used = LocalPaths.said(settings, Path.of("")).texts(group);
    KeptSettings before =
        KeptSettings.keep(
            store, now -> now.with(used, extractor.isPresent() ? extractor : now.extractor()));
    List<String> changes = new ArrayList<>();
    used.forEach(
        (key, value) -> {
          String was = before.values().get(key);
          if (was != null && !was.equals(value) && group.decidesBy(key)) {
            changes.add("%s is %s, and was %s".formatted(key, shown(value), shown(was)));
          }
        });
    boolean isOther =
        extractor.isPresent()
            && before.extractor().isPresent()
            && !before.extractor().equals(extractor);
    if (changes.isEmpty() && isOther) {
      changes.add("a file that extractor.* names has changed");
    }
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    String more =
        changes.size() > MOST_SHOWN ? ", and %d more".formatted(changes.size() - MOST_SHOWN) : "";
    String made =
        isOther
            ? " (extractor %s, and was %s)".formatted(extractor.get(), before.extractor().get())
            : "";
    return Optional.of(
        "settings: %s%s%s; the store remembers this from now on"
            .formatted(
                String.join("; ", changes.subList(0, Math.min(MOST_SHOWN, changes.size()))),
                more,
                made));
  }

  private static String shown(String value) {
    return value.isEmpty() ? "empty" : value;
  }
}
