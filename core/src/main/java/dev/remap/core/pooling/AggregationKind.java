package dev.remap.core.pooling;

import dev.remap.core.backbone.TapRange;
import dev.remap.core.json.StrictJson;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The aggregations that there are. Another one is a class of its own, with its kind, and a place in
 * this list.
 *
 * @param name of the setting {@code extractor.aggregator}, of an extractor's JSON and fingerprint
 * @param about one line for a reader: what it does, and its source
 * @param settings below {@code extractor.} that only such aggregations look at
 * @param fromSettings takes the settings and the number of the backbone's taps
 * @param fromJson takes the object that {@link Aggregation#write} wrote
 */
public record AggregationKind(
    String name,
    String about,
    List<String> settings,
    FromSettings fromSettings,
    FromJson fromJson) {
  /** The setting of the aggregations that have regions, for which boxes may stand in. */
  public static final String BOXES = "regions-table";

  /** Makes an aggregation of settings. */
  @FunctionalInterface
  public interface FromSettings {
    Aggregation of(Parameters settings, int taps);
  }

  /** Makes an aggregation of what an extractor records. */
  @FunctionalInterface
  public interface FromJson {
    Aggregation of(StrictJson node);
  }

  /** The settings below {@code extractor.}, by their last names. */
  public interface Parameters {
    int integer(String key, int least, int most);

    double number(String key, double least, double most);

    /** A setting as it stands. */
    String text(String key);

    /** The content of the file that a setting names; empty if it names none. */
    String file(String key);

    /** The same of a file that is no text. */
    Optional<byte[]> bytes(String key);

    /** One of some words. */
    String choice(String key, List<String> words);

    /**
     * The groups of settings that a setting lists, each with these for what it does not say itself,
     * and with its {@code aggregator} and {@code weight}.
     */
    List<? extends Parameters> parts(String key);

    /** Which of the extractor's taps a part has; empty: all, as there is but one network. */
    default Optional<TapRange> taps() {
      return Optional.empty();
    }
  }

  /** All, the default first. */
  public static List<AggregationKind> all() {
    return List.of(
        RemapAggregator.KIND,
        GemAggregator.KIND,
        Mac.KIND,
        Spoc.KIND,
        Crow.KIND,
        Scda.KIND,
        GemPlus.KIND,
        Hew.KIND,
        RmacAggregator.KIND,
        DirAggregator.KIND,
        RegionalAttentionAggregator.KIND,
        ConcatAggregator.KIND);
  }

  /** Their names, for a message: "remap, gem or rmac". */
  public static String names() {
    List<String> names = all().stream().map(AggregationKind::name).toList();
    int last = names.size() - 1;
    return names.stream().limit(last).collect(Collectors.joining(", ")) + " or " + names.get(last);
  }

  /**
   * The one of a name.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static AggregationKind of(String name) {
    return all().stream()
        .filter(kind -> kind.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the aggregator is '%s': it must be %s".formatted(name, names())));
  }

  /** Reads what {@link Aggregation#write} wrote beside the name. */
  public static Aggregation read(StrictJson node) {
    return of(node.text("name")).fromJson.of(node);
  }
}
