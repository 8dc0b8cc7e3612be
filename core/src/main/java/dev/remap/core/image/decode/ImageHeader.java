package dev.remap.core.image.decode;

import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Orientation;
import dev.remap.core.image.jpeg.JpegHeader;

/**
 * What a file says of itself before it is decoded.
 *
 * @param format the format by content
 * @param width in pixels, as seen: after the orientation has been applied
 * @param height in pixels, as seen
 * @param orientation the EXIF orientation 1..8; 1 where the file names none
 */
public record ImageHeader(ImageFormat format, int width, int height, int orientation) {
  static ImageHeader of(JpegHeader jpeg) {
    return ofStored(ImageFormat.JPEG, jpeg.width(), jpeg.height(), jpeg.orientation());
  }

  static ImageHeader ofStored(
      ImageFormat format, int storedWidth, int storedHeight, int orientation) {
    return orientation < Orientation.FIRST_TRANSPOSED
        ? new ImageHeader(format, storedWidth, storedHeight, orientation)
        : new ImageHeader(format, storedHeight, storedWidth, orientation);
  }

  ImageShape shape() {
    return new ImageShape(width, height);
  }

  ImageShape storedShape() {
    return orientation < Orientation.FIRST_TRANSPOSED
        ? shape()
        : new ImageShape(/* width= */ height, /* height= */ width);
  }

  long pixels() {
    return (long) width * height;
  }
}
