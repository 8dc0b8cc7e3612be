package dev.remap.core.extraction;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.ImageHeader;
import java.util.List;

/** Encoded bytes to the pixels of every scale. Safe for many threads at once. */
interface Preprocessor {
  Prepared prepare(byte[] encoded) throws ImageException;

  /** Memory that this takes at the most, by what the image says of itself. */
  default long memory(byte[] encoded) throws ImageException {
    return 0;
  }

  /** Decodes once, no smaller than the largest scale needs, and resizes to each scale. */
  static Preprocessor of(ImageLimits limits, List<Scale> scales) {
    ImageShape atLeast =
        new ImageShape(
            scales.stream().mapToInt(Scale::longSide).max().orElseThrow(),
            scales.stream().mapToInt(Scale::shortSide).max().orElseThrow());
    return new Decoding(new ImageDecoder(limits), List.copyOf(scales), atLeast);
  }

  /**
   * By decoding.
   *
   * @param atLeast the shape that no scale exceeds
   */
  record Decoding(ImageDecoder decoder, List<Scale> scales, ImageShape atLeast)
      implements Preprocessor {
    @Override
    public Prepared prepare(byte[] encoded) throws ImageException {
      ImageHeader header = decoder.header(encoded);
      Aspect layout = Aspect.of(header);
      RgbImage image = decoder.decode(encoded, atLeast);
      List<RgbImage> pixels =
          scales.stream().map(scale -> Resize.to(image, layout.shape(scale))).toList();
      return new Prepared(header.width(), header.height(), layout, pixels);
    }

    @Override
    public long memory(byte[] encoded) throws ImageException {
      return decoder.memory(encoded, atLeast);
    }
  }
}
