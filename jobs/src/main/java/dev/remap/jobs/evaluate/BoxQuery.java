package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.ImageCopies;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.jobs.catalogue.CatalogueImage;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * What a box holds of a catalogued image, as the queries of Oxford5k and its kin are.
 *
 * @param box x and y of the upper left corner, then of the lower right one, in pixels
 */
record BoxQuery(
    long id, CopyQuery.Original original, List<Double> box, long maxBytes, long maxPixels)
    implements Query {
  private static final ImageShape WHOLE = new ImageShape(1 << 20, 1 << 20);

  @Override
  public ImageSource source(Configuration hadoop) {
    CatalogueImage image = original.image(maxBytes, hadoop);
    return new ImageSource() {
      @Override
      public String imageId() {
        return original.imageId() + " (its box)";
      }

      @Override
      public byte[] read() throws IOException, ImageException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(maxBytes, maxPixels));
        try {
          return ImageCopies.part(
              decoder.decode(image.read(), WHOLE), side(0), side(1), side(2), side(3));
        } catch (IllegalArgumentException e) {
          throw new ImageException(e.getMessage());
        }
      }
    };
  }

  private int side(int number) {
    long side = Math.round(box.get(number));
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, side));
  }
}
