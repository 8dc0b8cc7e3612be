package dev.remap.jobs.table;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import java.util.Optional;

/** Descriptors that another model made, and that are given with the catalogue. */
public final class GivenDescriptors {
  private static final int MOST_COMPONENTS = 16_383;

  private GivenDescriptors() {}

  /** Their components; 0 where the catalogue has images. */
  private static int dimension(Settings settings) {
    return settings.integer("embeddings.dimension", 0, MOST_COMPONENTS);
  }

  /** What stands for the model, if the settings say that there is one. */
  static Optional<ExtractorSpec> spec(Settings settings) {
    int dimension = dimension(settings);
    return dimension == 0
        ? Optional.empty()
        : Optional.of(
            ExtractorSpec.given(settings.string("embeddings.model"), dimension, metric(settings)));
  }

  private static Metric metric(Settings settings) {
    return Metric.of(settings.string("embeddings.metric"));
  }

  /** Refuses a whitening where the settings say that vectors keep their lengths. */
  public static void requireNoWhitening(Settings settings) {
    if (dimension(settings) > 0
        && metric(settings) == Metric.L2
        && !settings.string("whitening.method").equals(Whitenings.NONE)) {
      throw new InputException(
          "embeddings.metric is l2, and whitening.method is %s, which brings vectors to length one:"
              + " give --set whitening.method=none, or embeddings.metric=cosine",
          settings.string("whitening.method"));
    }
  }

  /** Refuses what looks at images, where the settings say that there are none. */
  public static void requireImages(Settings settings) {
    int dimension = dimension(settings);
    if (dimension > 0) {
      throw new InputException(
          "embeddings.dimension is %d: descriptors are given with the catalogue, and there are no"
              + " images to look at",
          dimension);
    }
  }
}
