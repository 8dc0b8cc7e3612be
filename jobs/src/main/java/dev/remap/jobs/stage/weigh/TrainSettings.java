package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.LearningPart;
import dev.remap.core.training.Augmentation;
import dev.remap.core.training.RateSchedule;
import dev.remap.core.training.Recipe;
import dev.remap.jobs.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The settings {@code train.*}.
 *
 * @param parts {@link #ALPHA}, {@link #EXPONENTS}, {@link #PROJECTION}, {@link #NETWORK}, or
 *     several with commas; both are alpha and the projection
 * @param hasOneExponent whether all channels share one
 * @param network which layers of the network learn, if it does
 * @param start of the region weights: {@link #ONES}, {@link #ENTROPY} or {@link #EXTRACTOR}
 * @param heldOut share of the groups by which the best epoch is chosen
 * @param test share of the groups of a rehearsal that nothing is chosen by
 * @param cache bytes that region vectors and pixels may have on the driver's disk
 * @param augmentation of the images that a network learns from
 * @param threads that a network learns by; 0 for as many as there are cores
 * @param seed of the split
 */
record TrainSettings(
    String parts,
    boolean hasOneExponent,
    LearningPart network,
    String start,
    double heldOut,
    double test,
    long cache,
    Augmentation augmentation,
    int threads,
    long seed,
    Recipe recipe) {
  static final String ALPHA = "alpha";
  static final String EXPONENTS = "p";
  static final String PROJECTION = "projection";
  static final String NETWORK = "network";
  private static final String BOTH = "both";
  static final String ONES = "ones";
  static final String ENTROPY = "entropy";
  static final String EXTRACTOR = "extractor";

  static TrainSettings of(Settings settings) {
    String parts = settings.string("train.parts");
    long seed = settings.count("train.seed");
    return new TrainSettings(
        parts,
        settings.string("train.p").equals("shared"),
        new LearningPart(settings.string("train.network")),
        settings.string("train.start"),
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
            rate(settings, parts, ALPHA, "train.alpha-rate"),
            rate(settings, parts, EXPONENTS, "train.p-rate"),
            rate(settings, parts, PROJECTION, "train.projection-rate"),
            rate(settings, parts, NETWORK, "train.network-rate"),
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

  private static double rate(Settings settings, String parts, String part, String key) {
    return has(parts, part) ? settings.number(key, 0, 1e9) : 0;
  }

  private static boolean has(String parts, String part) {
    return List.of(parts.split(",", -1)).contains(part)
        || (parts.equals(BOTH) && (part.equals(ALPHA) || part.equals(PROJECTION)));
  }

  boolean hasAlpha() {
    return has(parts, ALPHA);
  }

  boolean hasExponents() {
    return has(parts, EXPONENTS);
  }

  boolean hasProjection() {
    return has(parts, PROJECTION);
  }

  boolean hasNetwork() {
    return has(parts, NETWORK);
  }

  /** What learns, for people. */
  String learning() {
    List<String> words = new ArrayList<>();
    if (hasAlpha()) {
      words.add("weights");
    }
    if (hasExponents()) {
      words.add("p");
    }
    if (hasProjection()) {
      words.add("projection");
    }
    if (hasNetwork()) {
      words.add("network");
    }
    return String.join(" and ", words);
  }

  /** What decides the training beside its images, for the manifest. */
  String text() {
    // As it was written before there were such rates: what they do not decide keeps its id.
    String how = recipe.toString();
    how = hasNetwork() ? how : how.replace("networkRate=0.0, ", "");
    how = hasExponents() ? how : how.replace("exponentRate=0.0, ", "");
    how = how.replace("schedule=" + RateSchedule.CONSTANT + ", ", "");
    boolean isChanged = hasNetwork() && !augmentation.isNone();
    return String.format(
        Locale.ROOT,
        "parts=%s%s%s%s start=%s held-out=%s %s",
        parts,
        hasExponents() ? " p=" + (hasOneExponent ? "shared" : "channel") : "",
        hasNetwork() ? " network=" + network.text() : "",
        isChanged ? " " + augmentation : "",
        start,
        heldOut,
        how);
  }
}
