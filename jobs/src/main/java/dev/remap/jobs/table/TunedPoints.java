package dev.remap.jobs.table;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.settings.KeptSettings;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The points that {@code tune --keep} has left, by the quantizers whose lists and codes they were
 * measured on: a store remembers them as one of its settings.
 */
public record TunedPoints(SortedMap<String, Point> byQuantizer) {
  private static final String KEY = "search.tuned";
  private static final String NOTHING = "none";

  /**
   * How a search is done.
   *
   * @param probing which lists are visited
   * @param depth nearest by their codes that are ranked again by stored vectors; 0: none are
   * @param queries what it was measured with, and how many nearest of each, as {@code copies@10};
   *     empty where that was not kept
   */
  public record Point(Probing probing, int depth, String queries) {
    /** What follows the search, as {@code search.rerank} has it. */
    public String rerank() {
      return depth == 0 ? NOTHING : "exact:n=" + depth;
    }
  }

  public TunedPoints {
    byQuantizer = Collections.unmodifiableSortedMap(new TreeMap<>(byQuantizer));
  }

  /** Those that the settings have. */
  public static TunedPoints of(Settings settings) {
    return parse(settings.string(KEY));
  }

  /** Those that a store remembers now. */
  public static TunedPoints newest(Store store) {
    return parse(KeptSettings.newest(store).values().getOrDefault(KEY, NOTHING));
  }

  /** Reads what {@link #toString} wrote, which the setting's rule has looked at. */
  static TunedPoints parse(String text) {
    SortedMap<String, Point> points = new TreeMap<>();
    for (String entry : text.equals(NOTHING) ? new String[0] : text.split("; ", -1)) {
      String[] words = entry.split(" ", -1);
      int efSearch = words.length > 3 ? Integer.parseInt(words[3]) : 0;
      points.put(
          words[0],
          new Point(
              new Probing(Integer.parseInt(words[1]), efSearch),
              Integer.parseInt(words[2]),
              words.length > 4 ? words[4] : ""));
    }
    return new TunedPoints(points);
  }

  /** The point for what a quantizer has cut into lists. */
  public Optional<Point> of(String quantizer) {
    return Optional.ofNullable(byQuantizer.get(quantizer));
  }

  /**
   * Lets a store remember a point, and forget those of quantizers that it does not have any more.
   */
  public static void keep(Store store, String quantizer, Point point) {
    KeptSettings.keep(
        store,
        now -> {
          TreeMap<String, Point> points =
              new TreeMap<>(parse(now.values().getOrDefault(KEY, NOTHING)).byQuantizer);
          points.put(quantizer, point);
          points.keySet().retainAll(store.list("quantizers"));
          return now.with(
              new TreeMap<>(Map.of(KEY, new TunedPoints(points).toString())), now.extractor());
        });
  }

  /** {@code QUANTIZER NPROBE DEPTH [EF [QUERIES]]; …}. */
  @Override
  public String toString() {
    return byQuantizer.isEmpty()
        ? NOTHING
        : byQuantizer.entrySet().stream()
            .map(entry -> entry.getKey() + " " + numbers(entry.getValue()))
            .collect(Collectors.joining("; "));
  }

  private static String numbers(Point point) {
    int efSearch = point.probing.efSearch();
    String numbers = point.probing.nprobe() + " " + point.depth;
    return point.queries.isEmpty()
        ? numbers + (efSearch == 0 ? "" : " " + efSearch)
        : numbers + " " + efSearch + " " + point.queries;
  }
}
