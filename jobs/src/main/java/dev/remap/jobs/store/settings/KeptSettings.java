package dev.remap.jobs.store.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFiles;
import dev.remap.jobs.store.Store;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What a store remembers of the settings that decided its artifacts: numbered files, each whole and
 * never changed, of which the highest counts.
 *
 * @param number of the file; 0 if nothing is kept
 * @param values by key, as {@code --set} takes them
 * @param extractor id of the extractor that they described when they were kept, if any did
 */
public record KeptSettings(
    int number, SortedMap<String, String> values, Optional<String> extractor) {
  private static final int MAX_BYTES = 1 << 20;

  public KeptSettings {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  private static KeptSettings none() {
    return new KeptSettings(0, new TreeMap<>(), Optional.empty());
  }

  /** The same with other values for some keys, and the extractor that they describe. */
  public KeptSettings with(SortedMap<String, String> others, Optional<String> described) {
    TreeMap<String, String> all = new TreeMap<>(values);
    all.putAll(others);
    return new KeptSettings(number, all, described);
  }

  /** What is kept now. */
  public static KeptSettings newest(Store store) {
    return files(store).listed().stream()
        .max(Comparator.naturalOrder())
        .map(number -> entry(store, number))
        .orElseGet(KeptSettings::none);
  }

  /** All that was ever kept, the newest first. */
  public static List<KeptSettings> all(Store store) {
    return numbers(store).stream()
        .sorted(Comparator.reverseOrder())
        .map(n -> entry(store, n))
        .toList();
  }

  /** The numbers that there are, ascending. */
  public static List<Integer> numbers(Store store) {
    return files(store).listed().stream().sorted().toList();
  }

  /** One of them; it must be there. */
  public static KeptSettings entry(Store store, int number) {
    NumberedFiles files = files(store);
    return parse(files.where(number), files.read(number, MAX_BYTES), number);
  }

  /** Where one of them is. */
  public static String path(Store store, int number) {
    return files(store).path(number);
  }

  /**
   * Keeps what a change makes of the newest. Of several runs at once each sees what those before it
   * have kept, so that none takes back what it has not been told about.
   *
   * @param change of what is kept now; called again if another run was first
   * @return what was kept before
   */
  public static KeptSettings keep(Store store, UnaryOperator<KeptSettings> change) {
    while (true) {
      KeptSettings before = newest(store);
      KeptSettings after = change.apply(before);
      if (after.equals(before)
          || files(store).create(before.number + 1, after.toBytes())
          // The answer may have been lost, and the request repeated.
          || newest(store).isSame(after)) {
        return before;
      }
    }
  }

  private boolean isSame(KeptSettings other) {
    return values.equals(other.values) && extractor.equals(other.extractor);
  }

  private static NumberedFiles files(Store store) {
    return new NumberedFiles(store, Layout.SETTINGS);
  }

  private byte[] toBytes() {
    ObjectNode node = Json.versioned();
    extractor.ifPresent(id -> node.put("extractor", id));
    Json.putAll(node.putObject("settings"), values);
    return Json.bytes(node);
  }

  private static KeptSettings parse(String where, byte[] bytes, int number) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    KeptSettings kept =
        new KeptSettings(number, fields.texts("settings"), fields.optionalText("extractor"));
    fields.end();
    return kept;
  }
}
