package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageShape;

/**
 * The rows of a colour channel, as many and as long as the picture's: where a channel has half of
 * them, or half as long ones, each sample counts twice.
 */
final class ChromaRows {
  private final JpegPlane plane;
  private final boolean halfWide;
  private final boolean halfHigh;
  private final int width;
  private final byte[] row;

  /**
   * @param picture the picture's sides, reduced
   */
  ChromaRows(JpegPlane plane, ImageShape picture, boolean halfWide, boolean halfHigh) {
    this.plane = plane;
    this.halfWide = halfWide;
    this.halfHigh = halfHigh;
    this.width = (picture.width() + 1) / 2;
    this.row = new byte[2 * width];
  }

  /** What {@link #at} then is about. */
  byte[] row(int y) {
    if (!halfWide) {
      return plane.samples();
    }
    int from = y * plane.stride();
    for (int x = 0; x < width; x++) {
      byte sample = plane.samples()[from + x];
      row[2 * x] = sample;
      row[2 * x + 1] = sample;
    }
    return row;
  }

  /** Where in {@link #row} the samples of the picture's row {@code y} begin. */
  int at(int y) {
    return halfWide ? 0 : (halfHigh ? y / 2 : y) * plane.stride();
  }
}
