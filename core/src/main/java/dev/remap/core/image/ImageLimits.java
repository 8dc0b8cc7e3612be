package dev.remap.core.image;

/**
 * What an image may cost, checked against its length and its header before anything is decoded.
 *
 * @param maxBytes largest encoded size in bytes
 * @param maxPixels largest width × height that the header may announce, at most {@value
 *     #MOST_PIXELS}: four bytes a pixel must fit a Java array
 */
public record ImageLimits(long maxBytes, long maxPixels) {
  public static final long MOST_PIXELS = (Integer.MAX_VALUE - 8) / 4;

  public ImageLimits {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("Limit of bytes is " + maxBytes + ": must be at least 1");
    }
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "Limit of pixels is " + maxPixels + ": must be in 1.." + MOST_PIXELS);
    }
  }
}
