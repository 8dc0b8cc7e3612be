package dev.remap.jobs.stage.weigh;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.extraction.ImageSource;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.sample.SplitMix64;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * An image whose region vectors are compared with those of others: one of the catalogue, or a
 * distorted copy of one.
 *
 * @param copy how it is distorted; null for the original
 */
record WeighImage(CopyQuery.Original original, CopyKind copy) implements Serializable {
  /** The original and a copy of every kind. */
  static List<WeighImage> withCopies(CopyQuery.Original original) {
    List<WeighImage> images = new ArrayList<>();
    images.add(new WeighImage(original, null));
    for (CopyKind kind : CopyKind.values()) {
      images.add(new WeighImage(original, kind));
    }
    return images;
  }

  /** A number that no other image of a sample has. */
  long number() {
    if (copy == null) {
      return original.key();
    }
    return SplitMix64.hash(original.key(), 1L + List.of(CopyKind.values()).indexOf(copy));
  }

  /** What people know it by. */
  String name() {
    return copy == null ? original.imageId() : original.imageId() + " (" + copy + ")";
  }

  /** Bounds on what is read. */
  record Limits(long maxBytes, long maxPixels) implements Serializable {
    static Limits of(Settings settings) {
      return new Limits(settings.bytes("image.max-bytes"), settings.count("image.max-pixels"));
    }
  }

  ImageSource source(Limits limits, long seed, Configuration hadoop) {
    return copy == null
        ? new CatalogueImage(
            original.imageId(),
            original.uri(),
            original.version(),
            original.range(),
            limits.maxBytes,
            hadoop)
        : new CopyQuery(0, original, copy, seed, limits.maxBytes, limits.maxPixels).source(hadoop);
  }
}
