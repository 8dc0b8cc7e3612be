package dev.remap.jobs.config;

import com.typesafe.config.Config;
import dev.remap.core.pooling.AggregationKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which settings an aggregation looks at, and those of the parts of a concatenation. */
public final class AggregatorSettings {
  private static final String GROUP = "extractor";
  private static final String PREFIX = GROUP + ".";
  private static final String AGGREGATOR = PREFIX + "aggregator";
  private static final String CONCAT = PREFIX + "concat";
  private static final String WEIGHT = PREFIX + "weight";
  private static final String BACKBONE = "backbone";
  private static final Set<String> OF_EVERY_PART = Set.of("aggregator", "weight", BACKBONE);
  private static final Set<String> OF_ALL_PARTS =
      Set.of("scales", "scale-combination", "scale-gem-p", "batch-size");
  private static final int MOST_PARTS = 16;

  private AggregatorSettings() {}

  /** For each part these settings, its own laid over them, and {@code extractor.weight}. */
  public static List<Settings> parts(Settings settings) {
    return settings.objects(CONCAT).stream().map(part -> part(settings, part)).toList();
  }

  private static Settings part(Settings settings, Config part) {
    return settings.laidOver(GROUP, part, Map.of(WEIGHT, 1.0), CONCAT);
  }

  /** Those below {@code extractor.}, by their last names. */
  static Set<String> heard(Settings settings) {
    Set<String> heard = new HashSet<>(AggregationKind.of(settings.string(AGGREGATOR)).settings());
    if (heard.contains("region-weights")) {
      heard.remove(
          settings.string("extractor.region-weights").isBlank() ? "region-weight-power" : "levels");
    }
    if (heard.contains("attention-weights")
        && settings.string("extractor.attention-weights").isBlank()) {
      heard.add("levels"); // Of what is yet to be trained.
    }
    if (isConcat(settings)) {
      for (Config part : settings.objects(CONCAT)) {
        Set<String> below = heard(part(settings, part));
        below.removeAll(part.root().keySet());
        heard.addAll(below);
      }
    }
    return heard;
  }

  /** Whether all parts of a concatenation name networks of their own. */
  static boolean namesEveryBackbone(Settings settings) {
    return isConcat(settings)
        && settings.objects(CONCAT).stream().allMatch(part -> part.hasPath(BACKBONE));
  }

  public static boolean isConcat(Settings settings) {
    return settings.string(AGGREGATOR).equals("concat");
  }

  /** Refuses parts that cannot be. */
  static void check(Settings settings, String key) {
    List<? extends Config> parts = settings.objects(key);
    if (parts.size() > MOST_PARTS || (parts.isEmpty() && isConcat(settings))) {
      throw new InputException(
          "%s has %d parts: it must have from 1 to %d", key, parts.size(), MOST_PARTS);
    }
    for (Config part : parts) {
      try {
        check(part(settings, part), part.root().keySet());
      } catch (InputException e) {
        String message = e.getMessage();
        throw new InputException("%s", message.startsWith(key) ? message : key + ": " + message);
      }
    }
  }

  private static void check(Settings part, Set<String> own) {
    SettingRules.check(part, AGGREGATOR);
    if (!own.contains("aggregator") || isConcat(part)) {
      throw new InputException("each part must have an aggregator other than concat");
    }
    part.number(WEIGHT, Float.MIN_NORMAL, 1e6);
    SettingRules.check(part, PREFIX + BACKBONE);
    if (own.contains(BACKBONE) && part.string(PREFIX + BACKBONE).isBlank()) {
      throw new InputException(
          "the backbone of a part is blank: name a folder, or leave it out for that of %s",
          PREFIX + BACKBONE);
    }
    Set<String> heard = heard(part);
    if (own.contains(AggregationKind.BOXES)) {
      throw new InputException(
          "%s is of all parts: set it beside %s", AggregationKind.BOXES, CONCAT);
    }
    for (String key : own) {
      if (OF_ALL_PARTS.contains(key)) {
        throw new InputException(
            "%s is the same for all parts, which see the same pixels: set %s%s instead",
            key, PREFIX, key);
      }
      if (heard.contains(key)) {
        SettingRules.check(part, PREFIX + key);
      } else if (!OF_EVERY_PART.contains(key)) {
        throw new InputException(
            "%s has no effect in a part with the aggregator %s. Leave it out",
            key, part.string(AGGREGATOR));
      }
    }
  }
}
