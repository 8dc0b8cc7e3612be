package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import dev.remap.core.natives.CoreNatives;
import java.util.Optional;

/**
 * Decodes by libjpeg-turbo with its code for vectors of pixels, which the artifact of OpenCV lacks:
 * the same pixels in half the time. Whether all of them are in the file is for {@link JpegScans} to
 * say.
 */
public final class TurboJpeg {
  // What turbo_jpeg.c returns.
  private static final int DECODED = 0;
  private static final int NO_MEMORY = 1;
  private static final int NOT_TAKEN = 3;

  private TurboJpeg() {}

  /**
   * The pixels as stored; nothing on a platform without the library, or where a file has channels
   * of other kinds than grey, or three of colour.
   *
   * @param reduction 1, 2, 4 or 8: each side is divided by it, and rounded up
   * @param full the picture's sides, as stored
   * @throws ImageException if libjpeg-turbo refuses the file
   * @throws OutOfMemoryError if it gets no memory
   */
  public static Optional<RgbImage> decode(byte[] file, int reduction, ImageShape full)
      throws ImageException {
    if (!CoreNatives.load()) {
      return Optional.empty();
    }
    int width = (full.width() + reduction - 1) / reduction;
    int height = (full.height() + reduction - 1) / reduction;
    byte[] pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    return switch (decode(file, reduction, width, height, pixels)) {
      case DECODED -> Optional.of(new RgbImage(width, height, pixels));
      case NOT_TAKEN -> Optional.empty();
      case NO_MEMORY -> throw new OutOfMemoryError("libjpeg-turbo: insufficient memory");
      default ->
          throw new ImageException(
              "JPEG of %dx%d pixels is damaged: the decoder gave no pixels"
                  .formatted(full.width(), full.height()));
    };
  }

  /**
   * @param pixels {@code 3 * width * height}: become red, green and blue, row by row
   */
  private static native int decode(
      byte[] file, int reduction, int width, int height, byte[] pixels);
}
