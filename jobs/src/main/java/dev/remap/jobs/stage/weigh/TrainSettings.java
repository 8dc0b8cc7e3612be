package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.Recipe;
import dev.remap.jobs.config.Settings;
import java.util.Locale;

/**
 * The settings {@code train.*}.
 *
 * @param parts {@link #ALPHA}, {@link #PROJECTION} or both
 * @param start of the region weights: {@link #ONES}, {@link #ENTROPY} or {@link #EXTRACTOR}
 * @param heldOut share of the groups by which the best epoch is chosen
 * @param test share of the groups of a rehearsal that nothing is chosen by
 * @param cache bytes that region vectors may have on the driver's disk
 * @param seed of the split
 */
record TrainSettings(
    String parts, String start, double heldOut, double test, long cache, long seed, Recipe recipe) {
  static final String ALPHA = "alpha";
  static final String PROJECTION = "projection";
  static final String ONES = "ones";
  static final String ENTROPY = "entropy";
  static final String EXTRACTOR = "extractor";

  static TrainSettings of(Settings settings) {
    String parts = settings.string("train.parts");
    long seed = settings.count("train.seed");
    return new TrainSettings(
        parts,
        settings.string("train.start"),
        settings.number("train.held-out", 0, 1),
        settings.number("train.test", 0, 1),
        settings.bytes("train.cache"),
        seed,
        new Recipe(
            settings.string("train.loss"),
            settings.number("train.margin", 0, 2),
            settings.string("train.optimiser"),
            settings.number("train.momentum", 0, 1),
            parts.equals(PROJECTION) ? 0 : settings.number("train.alpha-rate", 0, 1e9),
            parts.equals(ALPHA) ? 0 : settings.number("train.projection-rate", 0, 1e9),
            settings.number("train.weight-decay", 0, 1),
            settings.integer("train.epochs", 1, 10_000),
            settings.integer("train.patience", 1, 10_000),
            settings.integer("train.batch", 2, 100_000),
            settings.integer("train.queries", 1, 1_000_000),
            settings.integer("train.negatives", 1, 1_000),
            seed));
  }

  boolean hasProjection() {
    return !parts.equals(ALPHA);
  }

  /** What decides the training beside its images, for the manifest. */
  String text() {
    return String.format(
        Locale.ROOT, "parts=%s start=%s held-out=%s %s", parts, start, heldOut, recipe);
  }
}
