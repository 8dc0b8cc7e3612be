package dev.remap.core.image;

/**
 * An 8-bit RGB image.
 *
 * @param pixels R, G, B interleaved, row-major, without padding: 3·width·height bytes; shared with
 *     the caller, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Pixels are never compared or hashed as a record.
public record RgbImage(int width, int height, byte[] pixels) {
  public RgbImage {
    if (width < 1 || height < 1 || pixels.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "An RGB image of "
              + width
              + "x"
              + height
              + " has sides of at least 1 and 3 bytes a pixel, not "
              + pixels.length
              + " bytes");
    }
  }

  public ImageShape shape() {
    return new ImageShape(width, height);
  }
}
