package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageShape;

/**
 * The rows of a colour channel, as many and as long as the picture's: where a channel has half of
 * them, what lies between is made as libjpeg makes it, a quarter from one neighbour and three from
 * the other, or, where nothing can be gained, the same twice.
 */
final class ChromaRows {
  private final JpegPlane plane;
  private final boolean halfWide;
  private final boolean halfHigh;
  private final boolean smooth;
  private final int width;
  private final int height;
  private final byte[] row;

  /**
   * @param picture the picture's sides, reduced
   * @param size samples of a side of the brightness' blocks: with 1 nothing is made smooth
   */
  ChromaRows(JpegPlane plane, ImageShape picture, boolean halfWide, boolean halfHigh, int size) {
    this.plane = plane;
    this.halfWide = halfWide;
    this.halfHigh = halfHigh;
    this.width = halfWide ? (picture.width() + 1) / 2 : picture.width();
    this.height = halfHigh ? (picture.height() + 1) / 2 : picture.height();
    this.smooth = size > 1;
    this.row = new byte[2 * width];
  }

  /** What {@link #at} then is about. */
  byte[] row(int y) {
    if (halfWide) {
      widen(y * plane.stride());
      return row;
    }
    if (halfHigh && smooth) {
      blend(y);
      return row;
    }
    return plane.samples();
  }

  /** Where in {@link #row} the samples of the picture's row {@code y} begin. */
  int at(int y) {
    if (halfWide || (halfHigh && smooth)) {
      return 0;
    }
    return (halfHigh ? y / 2 : y) * plane.stride();
  }

  private void widen(int from) {
    byte[] samples = plane.samples();
    // libjpeg finds rows of two too short.
    boolean between = smooth && width > 2;
    for (int x = 0; x < width; x++) {
      int here = Byte.toUnsignedInt(samples[from + x]);
      int left = between && x > 0 ? Byte.toUnsignedInt(samples[from + x - 1]) : here;
      int right = between && x < width - 1 ? Byte.toUnsignedInt(samples[from + x + 1]) : here;
      row[2 * x] = (byte) ((3 * here + left + 1) >> 2);
      row[2 * x + 1] = (byte) ((3 * here + right + 2) >> 2);
    }
  }

  private void blend(int y) {
    byte[] samples = plane.samples();
    int nearest = y / 2;
    int other = Math.max(0, Math.min(height - 1, y % 2 == 0 ? nearest - 1 : nearest + 1));
    int bias = 1 + y % 2;
    for (int x = 0; x < width; x++) {
      int here = Byte.toUnsignedInt(samples[nearest * plane.stride() + x]);
      int there = Byte.toUnsignedInt(samples[other * plane.stride() + x]);
      row[x] = (byte) ((3 * here + there + bias) >> 2);
    }
  }
}
