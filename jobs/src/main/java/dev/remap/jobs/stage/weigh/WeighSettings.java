package dev.remap.jobs.stage.weigh;

import dev.remap.core.entropy.RelativeEntropy;
import dev.remap.jobs.config.Settings;
import java.io.Serializable;
import java.util.Locale;

/**
 * The settings {@code weigh.*}: how pairs are chosen, counted and compared.
 *
 * @param images looked at, at the most
 * @param perGroup images of one group, at the most
 * @param pairsPerGroup matching pairs of one group, at the most
 * @param nonMatching pairs of all tasks together, at the most
 * @param perTask images that a task holds the region vectors of, and up to a group more
 */
record WeighSettings(
    int bins,
    double range,
    double floor,
    String divergence,
    int images,
    int perGroup,
    int pairsPerGroup,
    int nonMatching,
    int perTask,
    long seed)
    implements Serializable {
  static WeighSettings of(Settings settings) {
    return new WeighSettings(
        settings.integer("weigh.bins", 2, 10_000),
        settings.number("weigh.range", 1e-3, 1e3),
        settings.number("weigh.floor", 1e-12, 1),
        settings.string("weigh.divergence"),
        settings.integer("weigh.images", 2, 1_000_000),
        settings.integer("weigh.images-per-group", 2, 1_000),
        settings.integer("weigh.pairs-per-group", 1, 1_000_000),
        settings.integer("weigh.non-matching", 1, 1_000_000_000),
        settings.integer("weigh.images-per-task", 2, 4_096),
        settings.count("weigh.seed"));
  }

  RelativeEntropy entropy() {
    return new RelativeEntropy(RelativeEntropy.Divergence.of(divergence), floor);
  }

  /** What decides the weights beside the images, for the manifest. */
  String text() {
    return String.format(
        Locale.ROOT,
        "bins=%d range=%s floor=%s divergence=%s images=%d images-per-group=%d pairs-per-group=%d"
            + " non-matching=%d images-per-task=%d seed=%d",
        bins,
        range,
        floor,
        divergence,
        images,
        perGroup,
        pairsPerGroup,
        nonMatching,
        perTask,
        seed);
  }
}
