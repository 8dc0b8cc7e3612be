package dev.remap.core.extraction;

import dev.remap.core.image.ImageShape;

/**
 * One input size of the network, and the weight of its descriptor in the sum over scales.
 *
 * @param longSide pixels along the longer side of the image, at most {@value #LARGEST_SIDE}
 * @param shortSide pixels along the shorter side, at most {@code longSide}
 * @param weight finite and positive
 */
public record Scale(int longSide, int shortSide, float weight) {
  static final int LARGEST_SIDE = 1 << 14;

  public Scale {
    if (shortSide < 1 || longSide < shortSide || longSide > LARGEST_SIDE) {
      throw new IllegalArgumentException(
          "a scale needs 1 <= short-side <= long-side <= %d, were %d and %d"
              .formatted(LARGEST_SIDE, shortSide, longSide));
    }
    if (!(weight > 0) || !Float.isFinite(weight)) {
      throw new IllegalArgumentException("a scale's weight must be positive, was " + weight);
    }
  }

  /** Shape that a landscape or square image is stretched to. */
  ImageShape landscape() {
    return new ImageShape(longSide, shortSide);
  }

  /** Shape that a portrait image is stretched to. */
  ImageShape portrait() {
    return new ImageShape(shortSide, longSide);
  }

  /** Size of one image of this scale as 8-bit RGB. */
  long bytes() {
    return 3L * longSide * shortSide;
  }
}
