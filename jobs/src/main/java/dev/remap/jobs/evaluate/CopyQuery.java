package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.evaluation.ImageCopies;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.store.row.SnapshotRow;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * A distorted copy of a catalogued image, made where it is described.
 *
 * @param id position of the image among those drawn, times the number of kinds, plus the kind
 * @param original the image that must be found
 */
public record CopyQuery(
    long id, Original original, CopyKind kind, long seed, long maxBytes, long maxPixels)
    implements Query {
  /**
   * The original is decoded whole: a copy is made of what is there, not of what extraction would
   * look at.
   */
  private static final ImageShape WHOLE = new ImageShape(1 << 20, 1 << 20);

  /** An image as a snapshot lists it. */
  public record Original(long key, String imageId, String uri, String version, ByteRange range)
      implements Serializable {
    public static Original of(SnapshotRow row) {
      return new Original(
          row.key(),
          row.imageId(),
          row.uri(),
          row.version(),
          ByteRange.of(row.offset(), row.length()));
    }

    /** Its file, to be read. */
    CatalogueImage image(long maxBytes, Configuration hadoop) {
      return new CatalogueImage(imageId, uri, version, range, maxBytes, hadoop);
    }
  }

  /** Copies of every kind of each image, in that order. */
  public static List<CopyQuery> ofEach(List<Original> originals, long seed, Settings settings) {
    long maxBytes = settings.bytes("image.max-bytes");
    long maxPixels = settings.count("image.max-pixels");
    List<CopyQuery> queries = new ArrayList<>();
    for (Original original : originals) {
      for (CopyKind kind : CopyKind.values()) {
        queries.add(new CopyQuery(queries.size(), original, kind, seed, maxBytes, maxPixels));
      }
    }
    return queries;
  }

  @Override
  public ImageSource source(Configuration hadoop) {
    CatalogueImage image = original.image(maxBytes, hadoop);
    return new ImageSource() {
      @Override
      public String imageId() {
        return original.imageId + " (" + kind + ")";
      }

      @Override
      public byte[] read() throws IOException, ImageException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(maxBytes, maxPixels));
        return ImageCopies.make(
            decoder.decode(image.read(), WHOLE), kind, SplitMix64.hash(original.key, seed));
      }
    };
  }
}
