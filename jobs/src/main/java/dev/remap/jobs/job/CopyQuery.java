package dev.remap.jobs.job;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.evaluation.ImageCopies;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageDecoder;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.jobs.catalogue.ByteRange;
import dev.remap.jobs.catalogue.CatalogueImage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * A distorted copy of a catalogued image, made where it is described.
 *
 * @param id position of the image among those drawn, times the number of kinds, plus the kind
 * @param original key of the image that must be found
 */
record CopyQuery(
    long id,
    long original,
    CopyKind kind,
    long seed,
    String imageId,
    String uri,
    String version,
    ByteRange range,
    long maxBytes,
    long maxPixels)
    implements Query {
  /**
   * The original is decoded whole: a copy is made of what is there, not of what extraction would
   * look at.
   */
  private static final ImageShape WHOLE = new ImageShape(1 << 20, 1 << 20);

  @Override
  public ImageSource source(Configuration hadoop) {
    CatalogueImage original = new CatalogueImage(imageId, uri, version, range, maxBytes, hadoop);
    return new ImageSource() {
      @Override
      public String imageId() {
        return CopyQuery.this.imageId + " (" + kind + ")";
      }

      @Override
      public byte[] read() throws IOException, ImageException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(maxBytes, maxPixels));
        return ImageCopies.make(
            decoder.decode(original.read(), WHOLE), kind, Mix.hash(CopyQuery.this.original, seed));
      }
    };
  }
}
