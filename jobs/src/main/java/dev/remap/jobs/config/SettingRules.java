package dev.remap.jobs.config;

import com.typesafe.config.Config;
import dev.remap.core.backbone.LearningPart;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.core.rerank.RerankChain;
import dev.remap.core.training.Recipe;
import dev.remap.core.training.head.Learnable;
import dev.remap.index.quantizer.IndexSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What values the settings may have. A command checks all of them before it begins, those too that
 * it does not look at: a value that can mean nothing is a slip, and another command would trip over
 * it in the middle of a night.
 */
final class SettingRules {
  private static final Map<String, Rule> RULES = new LinkedHashMap<>();
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final int MOST_SIDE = 1 << 14;
  private static final int MOST_SCALES = 16;

  /** Scores at and below 0 are those of vectors that have nothing in common. */
  private static final double LEAST_THRESHOLD = 0.001;

  private static final String TUNED =
      "[0-9a-f]{16} [1-9][0-9]{0,8} [0-9]{1,6}( (0|[1-9][0-9]{0,4})( [a-z]{1,20}(@[1-9][0-9]{0,4})?)?)?";

  /** Components are at most 10⁹, and at most 16,383. */
  private static final double MOST_DISTANCE = 1e12;

  /** Refuses a value by an {@link InputException} that names the setting. */
  @FunctionalInterface
  private interface Rule {
    void check(Settings settings, String key);
  }

  static {
    texts("store", "catalogue.uri", "extractor.region-weights", "publish.groups", "plan.currency");
    texts(
        "catalogue.columns.id",
        "catalogue.columns.uri",
        "catalogue.columns.version",
        "catalogue.columns.image");
    texts("extractor.backbone");
    choice(
        "catalogue.format",
        "auto, folder, webdataset, img2dataset, parquet, parquet-images, csv, jsonl, inventory or"
            + " embeddings",
        "json");
    texts("embeddings.column");
    matching(
        "embeddings.model",
        "[^\\p{Cntrl}\\s]([^\\p{Cntrl}]{0,198}[^\\p{Cntrl}\\s])?",
        "a name of at most 200 characters");
    whole("embeddings.dimension", 0, 16_383);
    choice("embeddings.metric", "cosine or l2");
    choice("embeddings.bytes", "auto, float16, float32 or float64");
    lists("[^\\p{Cntrl}]+", "catalogue.inventory-columns", "catalogue.roots");
    lists("[^\\p{Cntrl}./\\s]+(\\.[^\\p{Cntrl}./\\s]+)*", "catalogue.extensions");
    shares("snapshot.max-removed-ratio", "snapshot.max-changed-ratio");
    sizes("image.max-bytes", "index.memory");
    whole("image.max-pixels", 1, (Integer.MAX_VALUE - 8) / 4);
    times(Duration.ofMillis(1), "image.read-timeout", "image.decode-timeout");
    choice("extractor.aggregator", AggregationKind.names());
    whole("extractor.levels", 1, 10);
    number("extractor.gem-p", 1, 100);
    choice("extractor.rmac-whole-image", "none or added");
    texts("extractor.regions-table");
    texts("extractor.region-whitening", "extractor.attention-weights");
    RULES.put("extractor.concat", AggregatorSettings::check);
    RULES.put("extractor.scales", SettingRules::scales);
    texts("extractor.gem-p-file", "extractor.hew-mean-file");
    choice("extractor.spoc-prior", "none or center");
    choice("extractor.scale-combination", "sum, gem, max or whitened-sum");
    texts("extractor.scale-whitening");
    number("extractor.scale-gem-p", 1, 100);
    whole("extractor.batch-size", 0, 1024);
    choice("extract.device", "auto, cpu or gpu");
    choice("extract.fallback", "none or cpu");
    whole("extract.decode-threads", 0, 256);
    RULES.put("extract.decode-memory", SettingRules::decodeMemory);
    whole("extract.window", 1, 1 << 20);
    shares("extract.max-access-ratio", "extract.max-reject-ratio");
    whole("extract.access-allowance", 0, Integer.MAX_VALUE);
    number("extractor.region-weight-power", 0, RemapAggregator.MOST_POWER);
    whole("weigh.bins", 2, 10_000);
    number("weigh.range", 1e-3, 1e3);
    number("weigh.floor", 1e-12, 1);
    choice("weigh.divergence", "forward, reverse or symmetric");
    whole("weigh.images", 2, 1_000_000);
    whole("weigh.images-per-group", 2, 1_000);
    whole("weigh.pairs-per-group", 1, 1_000_000);
    whole("weigh.non-matching", 1, 1_000_000_000);
    whole("weigh.images-per-task", 2, 4_096);
    whole("weigh.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    matching(
        "train.parts",
        "both|PART(,PART)*".replace("PART", "(%s)".formatted(String.join("|", Learnable.labels()))),
        "it must be %s, several of them with commas between, or both (alpha,projection)"
            .formatted(String.join(", ", Learnable.labels())));
    choice("train.p", "shared or channel");
    RULES.put("train.network", SettingRules::learningPart);
    choice("train.start", "ones, entropy or extractor");
    choice("train.loss", words(Recipe.losses()));
    number("train.margin", 0, 2);
    choice("train.optimiser", words(Recipe.optimisers()));
    number("train.momentum", 0, Math.nextDown(1.0));
    number("train.alpha-rate", 0, 1e9);
    number("train.p-rate", 0, 1e9);
    number("train.region-projection-rate", 0, 1e9);
    number("train.attention-rate", 0, 1e9);
    whole("train.attention-units", 1, 65_536);
    number("train.projection-rate", 0, 1e9);
    number("train.network-rate", 0, 1e9);
    number("train.weight-decay", 0, 1);
    whole("train.epochs", 1, 10_000);
    whole("train.patience", 1, 10_000);
    whole("train.batch", 2, 100_000);
    whole("train.queries", 1, 1_000_000);
    whole("train.negatives", 1, 1_000);
    whole("train.distractors", 0, 1_000_000);
    shares("train.held-out", "train.test");
    sizes("train.cache");
    whole("train.threads", 0, 1_024);
    number("train.warm-up", 0, 10_000);
    number("train.rate-decay", 0, 10);
    number("train.crop", 0.05, 1);
    number("train.scale", 0.1, 1);
    number("train.flip", 0, 1);
    number("train.colour", 0, 0.9);
    whole("train.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    whole("lw.images", 2, 100_000);
    whole("lw.images-per-group", 2, 1_000);
    whole("lw.pairs-per-group", 1, 1_000_000);
    whole("lw.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    whole("unit.images", 1, Integer.MAX_VALUE);
    whole("unit.attempts", 1, 100);
    times(Duration.ZERO, "unit.retry-wait", "gc.grace", "gc.keep-runs");
    times(Duration.ofSeconds(1), "unit.executor-wait", "gc.heartbeat", "gc.dead-after");
    whole("whitening.dimension", 0, 1 << 20);
    choice("whitening.method", "pca or none");
    shares("whitening.power", "whitening.shrinkage");
    number("whitening.eigenvalue-floor", 0, Math.nextDown(1.0));
    numberOrAuto("whitening.ridge", 1e9);
    numberOrAuto("whitening.centring", 1);
    RULES.put("quantizer.spec", SettingRules::spec);
    whole("quantizer.points-per-centroid", 1, 1 << 20);
    whole("quantizer.max-points", 1, Integer.MAX_VALUE);
    sizes("quantizer.driver-sample");
    whole("quantizer.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    // Names inside a store.
    matching(
        "index.name",
        "[A-Za-z0-9][A-Za-z0-9._=-]{0,199}",
        "it starts with a letter or digit, has only letters, digits, '.', '_', '=' and '-', and at"
            + " most 200 of them");
    whole("index.shards", 0, 1_000_000);
    choice("index.layout", "auto, key or list");
    number("compact.max-delta-ratio", 0, Double.MAX_VALUE);
    whole("compact.max-layers", 1, 1000);
    whole("search.k", 1, 10_000);
    whole("search.nprobe", 0, 1 << 30);
    whole("search.ef-search", 0, 1 << 16);
    RULES.put("search.rerank", SettingRules::rerank);
    matching(
        "search.tuned",
        "none|" + TUNED + "(; " + TUNED + ")*",
        "none, or a quantizer, its nprobe and a depth, as tune --keep writes them");
    whole("evaluate.depth", 1, 100_000);
    whole("knn.k", 1, 1_000);
    whole("knn.depth", 1, 10_000);
    number("dedup.threshold", LEAST_THRESHOLD, 1);
    number("dedup.distance", 0, MOST_DISTANCE);
    choice("dedup.keep", "most-pixels, oldest or first-id");
    whole("dedup.max-group", 2, Integer.MAX_VALUE);
    shares("dedup.max-group-ratio");
    RULES.put("clean.threshold", SettingRules::score);
    whole("publish.self-retrieval-every", 1, Integer.MAX_VALUE);
    shares("publish.min-self-retrieval", "publish.max-reject-ratio", "publish.max-drop");
    whole("publish.copies", 0, 10_000);
    RULES.put("publish.force", Settings::flag);
    RULES.put("report.pictures", Settings::flag);
    RULES.put("catalogue.follow-outside-links", Settings::flag);
    whole("drift.min-images", 2, Integer.MAX_VALUE);
    number("drift.max-angle", 0, 90);
    shares("drift.min-explained");
    number("drift.max-error", 1, 1e9);
    number("drift.max-imbalance", 1, 1e9);
    whole("gc.keep-generations", 0, 1_000_000);
    whole("plan.executors", 0, 1_000_000);
    number("plan.rate-per-executor-hour", 0, 1e9);
  }

  private SettingRules() {}

  /** The settings that there are rules for. */
  static Set<String> keys() {
    return RULES.keySet();
  }

  /** Refuses settings of which one has a value that it cannot have. */
  static void check(Settings settings) {
    RULES.forEach((key, rule) -> rule.check(settings, key));
  }

  /** The same for one setting. */
  static void check(Settings settings, String key) {
    RULES.get(key).check(settings, key);
  }

  private static void rerank(Settings settings, String key) {
    String chain = settings.string(key);
    try {
      if (!chain.equals("none") && RerankChain.parse(chain).isEmpty()) {
        throw new IllegalArgumentException("name a method, or none");
      }
    } catch (IllegalArgumentException e) {
      throw new InputException("%s is '%s': %s", key, chain, e.getMessage());
    }
  }

  private static void learningPart(Settings settings, String key) {
    String part = settings.string(key);
    try {
      require(part, "[^\\p{Cntrl}]*", key, "it must not have control characters");
      new LearningPart(part);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: %s; give a number of layers, all, or how names of parameters begin",
          key, e.getMessage());
    }
  }

  private static void texts(String... keys) {
    for (String key : keys) {
      matching(key, "[^\\p{Cntrl}]*", "it must not have line breaks or other control characters");
    }
  }

  /**
   * One of some words.
   *
   * @param words for the message, which also is read for them
   * @param besides other names of them
   */
  private static void choice(String key, String words, String... besides) {
    List<String> all = new ArrayList<>(List.of(words.split(", | or ", -1)));
    all.addAll(List.of(besides));
    matching(key, String.join("|", all), "it must be " + words);
  }

  private static String words(List<String> words) {
    int last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  private static void matching(String key, String pattern, String wanted) {
    RULES.put(key, (settings, name) -> require(settings.string(name), pattern, name, wanted));
  }

  private static void require(String value, String pattern, String key, String wanted) {
    if (!value.matches(pattern)) {
      throw new InputException("%s is '%s': %s", key, value, wanted);
    }
  }

  private static void lists(String pattern, String... keys) {
    for (String key : keys) {
      RULES.put(
          key,
          (settings, name) ->
              settings
                  .strings(name)
                  .forEach(value -> require(value, pattern, name, "no such value can be in it")));
    }
  }

  private static void shares(String... keys) {
    for (String key : keys) {
      number(key, 0, 1);
    }
  }

  private static void numberOrAuto(String key, double most) {
    RULES.put(
        key,
        (settings, name) -> {
          if (!settings.string(name).equals("auto")) {
            settings.number(name, 0, most);
          }
        });
  }

  /** A cosine, or minus a distance. */
  private static void score(Settings settings, String key) {
    String value = settings.string(key);
    if (!value.equals("auto")) {
      require(value, "[-+0-9.eE]+", key, "it must be a score, or auto");
      settings.number(key, -MOST_DISTANCE, 1);
    }
  }

  private static void number(String key, double least, double most) {
    RULES.put(key, (settings, name) -> settings.number(name, least, most));
  }

  private static void whole(String key, long least, long most) {
    RULES.put(key, (settings, name) -> settings.count(name, least, most));
  }

  private static void sizes(String... keys) {
    for (String key : keys) {
      RULES.put(key, SettingRules::size);
    }
  }

  private static void size(Settings settings, String key) {
    if (settings.bytes(key) < 1) {
      throw new InputException("%s is %s: it must be at least 1 byte", key, settings.string(key));
    }
  }

  private static void decodeMemory(Settings settings, String key) {
    if (!settings.string(key).equals("auto")) {
      size(settings, key);
    }
  }

  private static void times(Duration least, String... keys) {
    for (String key : keys) {
      RULES.put(key, (settings, name) -> time(settings, name, least));
    }
  }

  private static void time(Settings settings, String key, Duration least) {
    Duration value = settings.duration(key);
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new InputException(
          "%s is %s: it must be from %s ms to %d d",
          key, settings.string(key), least.toMillis(), LONGEST.toDays());
    }
  }

  private static void spec(Settings settings, String key) {
    String value = settings.string(key);
    try {
      if (!value.equals("auto")) {
        IndexSpec.parse(value);
      }
    } catch (IllegalArgumentException e) {
      throw new InputException("%s %s: %s", key, value, e.getMessage());
    }
  }

  private static void scales(Settings settings, String key) {
    List<? extends Config> scales = settings.objects(key);
    if (scales.isEmpty() || scales.size() > MOST_SCALES) {
      throw new InputException(
          "%s has %d entries: it must have from 1 to %d", key, scales.size(), MOST_SCALES);
    }
    int batch = Math.max(1, settings.integer("extractor.batch-size", 0, 1024));
    scales.forEach(scale -> scale(scale, key, batch));
  }

  private static void scale(Config scale, String key, int batch) {
    Set<String> wanted = Set.of("long-side", "short-side", "weight");
    if (!scale.root().keySet().equals(wanted)) {
      throw new InputException("%s: a scale has %s, not %s", key, wanted, scale.root().keySet());
    }
    SettingValues one = new SettingValues(scale);
    try {
      long longSide = one.count("long-side", 1, MOST_SIDE);
      long shortSide = one.count("short-side", 1, longSide);
      one.number("weight", Float.MIN_NORMAL, 1e6);
      if (3L * batch * longSide * shortSide > Integer.MAX_VALUE) {
        throw new InputException(
            "%d images of %d×%d (extractor.batch-size) take more than 2 GiB",
            batch, longSide, shortSide);
      }
    } catch (InputException e) {
      throw new InputException("%s: %s", key, e.getMessage());
    }
  }

  /** A length of time with its unit; without, 7 would be seven milliseconds. */
  static void requireUnit(String key, String value) {
    if (!value.strip().matches("[+-]?\\d+(\\.\\d+)?\\s*[a-zA-Zµ]+|[+-]?0+(\\.0+)?")) {
      throw new InputException(
          "%s: '%s' is no length of time with its unit: give one such as 90s, 10m, 12h or 7d",
          key, value);
    }
  }
}
