package dev.remap.jobs.stage.whiten;

import dev.remap.jobs.config.Settings;
import java.util.Locale;

/**
 * The settings {@code lw.*}: which pairs a whitening is learned from.
 *
 * @param images at the most, and up to a group more; the driver holds their descriptors
 * @param perGroup images of one group, at the most
 * @param pairsPerGroup pairs of one group, at the most
 */
record LearningSettings(int images, int perGroup, int pairsPerGroup, long seed) {
  static LearningSettings of(Settings settings) {
    return new LearningSettings(
        settings.integer("lw.images", 2, 100_000),
        settings.integer("lw.images-per-group", 2, 1_000),
        settings.integer("lw.pairs-per-group", 1, 1_000_000),
        settings.count("lw.seed"));
  }

  /** What decides the pairs beside the images, for the manifest. */
  String text() {
    return String.format(
        Locale.ROOT,
        "images=%d images-per-group=%d pairs-per-group=%d seed=%d",
        images,
        perGroup,
        pairsPerGroup,
        seed);
  }
}
