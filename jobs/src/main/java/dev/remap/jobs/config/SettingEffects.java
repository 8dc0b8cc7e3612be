package dev.remap.jobs.config;

import com.typesafe.config.Config;
import dev.remap.core.pooling.AggregationKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which settings have no effect beside others. */
final class SettingEffects {
  /** What is of one part that learns, and of no other. */
  private static final Map<String, List<String>> OF_PARTS =
      Map.of(
          "p", List.of("train.p", "train.p-rate"),
          "region-projection", List.of("train.region-projection-rate"),
          "attention", List.of("train.attention-rate", "train.attention-units"));

  private SettingEffects() {}

  /**
   * Refuses what was set on a command line and can do nothing there, since another setting leaves
   * it out. In a file it may stand: that is for other command lines too.
   *
   * @param set the keys
   */
  static void require(Settings settings, Set<String> set) {
    Map<String, String> idle = idle(settings);
    String combination = settings.string("extractor.scale-combination");
    boolean weighs = combination.equals("sum") || combination.equals("whitened-sum");
    if (set.contains("extractor.scales") && !weighs) {
      requireWeightsOfOne(settings, combination);
    }
    idle.keySet().retainAll(set);
    idle.forEach(
        (key, why) -> {
          throw new InputException("%s has no effect here: %s. Leave it out", key, why);
        });
  }

  /** The settings that can do nothing beside the others, with why. */
  static Map<String, String> idle(Settings settings) {
    String aggregator = settings.string("extractor.aggregator");
    Set<String> heard = AggregatorSettings.heard(settings);
    String device = settings.string("extract.device");
    Map<String, String> idle = new LinkedHashMap<>();
    if (!settings.string("catalogue.format").equals("inventory")) {
      idle.put("catalogue.inventory-columns", "catalogue.format is not inventory");
    }
    if (settings.string("whitening.method").equals("none")) {
      for (String fitted :
          List.of("dimension", "power", "eigenvalue-floor", "shrinkage", "ridge", "centring")) {
        idle.put("whitening." + fitted, "whitening.method is none");
      }
    }
    String parts = settings.string("train.parts");
    List<String> learning = List.of(parts.split(",", -1));
    if (!learning.contains("network")) {
      for (String ofPixels : List.of("crop", "scale", "flip", "colour", "threads")) {
        idle.put(
            "train." + ofPixels,
            "train.parts is %s, and only a network learns from pixels (alpha,network); the others"
                    .formatted(parts)
                + " learn from region vectors that are described once");
      }
    }
    OF_PARTS.forEach(
        (part, keys) -> {
          if (!learning.contains(part)) {
            keys.forEach(
                key -> idle.put(key, "train.parts is %s, without %s".formatted(parts, part)));
          }
        });
    if (!settings.string("extractor.attention-weights").isBlank()) {
      idle.putIfAbsent("train.attention-units", "extractor.attention-weights has them");
    }
    if (settings.string("embeddings.dimension").equals("0")) {
      for (String given : List.of("bytes", "column", "metric")) {
        idle.put("embeddings." + given, "embeddings.dimension is 0: the catalogue has images");
      }
    }
    String unheard =
        AggregatorSettings.isConcat(settings)
            ? "no part of extractor.concat looks at it"
            : "extractor.aggregator is " + aggregator;
    for (AggregationKind kind : AggregationKind.all()) {
      kind.settings().stream()
          .filter(key -> !heard.contains(key))
          .forEach(key -> idle.put("extractor." + key, unheard));
    }
    if (aggregator.equals("remap") && !heard.contains("levels")) {
      idle.put("extractor.levels", "extractor.region-weights has them");
    }
    if (aggregator.equals("regional-attention") && !heard.contains("levels")) {
      idle.put("extractor.levels", "extractor.attention-weights has them");
    }
    if (aggregator.equals("remap") && !heard.contains("region-weight-power")) {
      idle.put("extractor.region-weight-power", "extractor.region-weights is empty");
    }
    if (!settings.string("extractor.regions-table").isBlank()) {
      for (String grid : List.of("levels", "region-weights", "region-weight-power")) {
        idle.putIfAbsent("extractor." + grid, "extractor.regions-table has the regions");
      }
    }
    if (AggregatorSettings.namesEveryBackbone(settings)) {
      idle.put("extractor.backbone", "every part of extractor.concat names its own");
    }
    if (!device.equals("auto")) {
      idle.put("extract.fallback", "extract.device is " + device);
    }
    if (!settings.string("extractor.gem-p-file").isBlank()) {
      idle.putIfAbsent("extractor.gem-p", "extractor.gem-p-file has the exponents");
    }
    String combination = settings.string("extractor.scale-combination");
    if (!combination.equals("gem")) {
      idle.put("extractor.scale-gem-p", "extractor.scale-combination is " + combination);
    }
    if (!combination.equals("whitened-sum")) {
      idle.put("extractor.scale-whitening", "extractor.scale-combination is " + combination);
    }
    return idle;
  }

  private static void requireWeightsOfOne(Settings settings, String combination) {
    for (Config scale : settings.objects("extractor.scales")) {
      double weight = scale.getDouble("weight");
      if (weight != 1) {
        throw new InputException(
            "extractor.scales: weight %s has no effect here: extractor.scale-combination is %s."
                + " Make it 1",
            weight, combination);
      }
    }
  }
}
