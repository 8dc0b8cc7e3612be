package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.LearningPart;
import dev.remap.core.training.Augmentation;
import dev.remap.core.training.RateSchedule;
import dev.remap.core.training.Recipe;
import dev.remap.core.training.head.Learnable;
import dev.remap.jobs.config.Settings;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings {@code train.*}.
 *
 * @param parts as they were given
 * @param learnables what they mean
 * @param hasOneExponent whether all channels share one
 * @param attentionUnits hidden units of an attention that begins anew
 * @param network which layers of the network learn, if it does
 * @param start of the region weights: {@link #ONES}, {@link #ENTROPY} or {@link #EXTRACTOR}
 * @param distractors images without a label that negatives are chosen from, too
 * @param heldOut share of the groups by which the best epoch is chosen
 * @param test share of the groups of a rehearsal that nothing is chosen by
 * @param cache bytes that region vectors and pixels may have on the driver's disk
 * @param augmentation of the images that a network learns from
 * @param threads that a network learns by; 0 for as many as there are cores
 * @param seed of the split
 */
record TrainSettings(
    String parts,
    Set<Learnable> learnables,
    boolean hasOneExponent,
    int attentionUnits,
    LearningPart network,
    String start,
    int distractors,
    double heldOut,
    double test,
    long cache,
    Augmentation augmentation,
    int threads,
    long seed,
    Recipe recipe) {
  private static final int MOST_DISTRACTORS = 1_000_000;
  private static final String BOTH = "both";
  static final String ONES = "ones";
  static final String ENTROPY = "entropy";
  static final String EXTRACTOR = "extractor";

  static TrainSettings of(Settings settings) {
    String parts = settings.string("train.parts");
    Set<Learnable> learnables = learnables(parts);
    long seed = settings.count("train.seed");
    return new TrainSettings(
        parts,
        learnables,
        settings.string("train.p").equals("shared"),
        settings.integer("train.attention-units", 1, 65_536),
        new LearningPart(settings.string("train.network")),
        settings.string("train.start"),
        settings.integer("train.distractors", 0, MOST_DISTRACTORS),
        settings.number("train.held-out", 0, 1),
        settings.number("train.test", 0, 1),
        settings.bytes("train.cache"),
        new Augmentation(
            settings.number("train.crop", 0.05, 1),
            settings.number("train.scale", 0.1, 1),
            settings.number("train.flip", 0, 1),
            settings.number("train.colour", 0, 0.9),
            seed),
        settings.integer("train.threads", 0, 1_024),
        seed,
        new Recipe(
            settings.string("train.loss"),
            settings.number("train.margin", 0, 2),
            settings.string("train.optimiser"),
            settings.number("train.momentum", 0, 1),
            rates(settings, learnables),
            settings.number("train.weight-decay", 0, 1),
            settings.integer("train.epochs", 1, 10_000),
            settings.integer("train.patience", 1, 10_000),
            settings.integer("train.batch", 2, 100_000),
            settings.integer("train.queries", 1, 1_000_000),
            settings.integer("train.negatives", 1, 1_000),
            new RateSchedule(
                settings.number("train.warm-up", 0, 10_000),
                settings.number("train.rate-decay", 0, 10)),
            seed));
  }

  private static Set<Learnable> learnables(String parts) {
    if (parts.equals(BOTH)) {
      return EnumSet.of(Learnable.ALPHA, Learnable.PROJECTION);
    }
    List<String> labels = List.of(parts.split(",", -1));
    Set<Learnable> learnables = EnumSet.allOf(Learnable.class);
    learnables.removeIf(part -> !labels.contains(part.label()));
    return learnables;
  }

  private static Map<Learnable, Double> rates(Settings settings, Set<Learnable> learnables) {
    Map<Learnable, Double> rates = new EnumMap<>(Learnable.class);
    learnables.forEach(part -> rates.put(part, settings.number(rate(part), 0, 1e9)));
    return rates;
  }

  private static String rate(Learnable part) {
    return switch (part) {
      case ALPHA -> "train.alpha-rate";
      case EXPONENTS -> "train.p-rate";
      case REGION_PROJECTION -> "train.region-projection-rate";
      case ATTENTION -> "train.attention-rate";
      case PROJECTION -> "train.projection-rate";
      case NETWORK -> "train.network-rate";
    };
  }

  boolean has(Learnable part) {
    return learnables.contains(part);
  }

  boolean hasProjection() {
    return has(Learnable.PROJECTION);
  }

  boolean hasNetwork() {
    return has(Learnable.NETWORK);
  }

  /** What learns, for people. */
  String learning() {
    return learnables.stream().map(Learnable::words).collect(Collectors.joining(" and "));
  }

  /**
   * What decides the training beside its images and what it begins as, for the manifest. As it was
   * written before there were other parts than alpha and the projection: what does not learn is not
   * in it, so that what was trained before keeps its id.
   */
  String text() {
    boolean isChanged = hasNetwork() && !augmentation.isNone();
    return String.format(
        Locale.ROOT,
        "parts=%s%s%s%s%s start=%s%s held-out=%s %s",
        parts,
        has(Learnable.EXPONENTS) ? " p=" + (hasOneExponent ? "shared" : "channel") : "",
        has(Learnable.ATTENTION) ? " units=" + attentionUnits : "",
        hasNetwork() ? " network=" + network.text() : "",
        isChanged ? " " + augmentation : "",
        start,
        distractors > 0 ? " distractors=" + distractors : "",
        heldOut,
        recipe.text());
  }
}
