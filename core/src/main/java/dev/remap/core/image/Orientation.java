package dev.remap.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * The EXIF orientation: read from the TIFF block that all three formats carry, and applied to the
 * decoded pixels.
 *
 * <p>One rule for all, that of Chromium's JPEG decoder: the first block that has an orientation tag
 * of one SHORT decides, also by a value outside 1..8, which means upright; a block that has none,
 * or is damaged before it, says nothing. It is taken from a JPEG's APP1 segments before the first
 * scan; from a PNG's eXIf chunk before the first IDAT, as Chromium does since 2024 and as the CSS
 * working group resolved for data behind the pixels (github.com/w3c/png/issues/447,
 * w3c/csswg-drafts issue 4929); and from a WebP's EXIF chunk, where browsers differ: WebKit turns
 * the picture, Chromium and Firefox do not. Orientations in XMP or text chunks count in none of
 * them but WebKit, and not here.
 */
public final class Orientation {
  public static final int UPRIGHT = 1;

  /** From this value on, width and height change places. */
  public static final int FIRST_TRANSPOSED = 5;

  private static final int INTEL = 0x4949;
  private static final int MOTOROLA = 0x4d4d;
  private static final int MAGIC = 42;
  private static final int TAG = 0x0112;
  private static final int TYPE_SHORT = 3;
  private static final int ENTRY_BYTES = 12;
  private static final int TOP_LEFT = 1;
  private static final int LEFT_BOTTOM = 8;

  private Orientation() {}

  /**
   * The orientation in the first directory of the TIFF block in {@code bytes[from, to)}; nothing if
   * there is no tag to be found.
   */
  public static OptionalInt read(byte[] bytes, int from, int to) {
    try {
      return read(ByteBuffer.wrap(bytes, from, to - from).slice());
    } catch (IndexOutOfBoundsException e) {
      return OptionalInt.empty();
    }
  }

  private static OptionalInt read(ByteBuffer tiff) {
    int order = tiff.getShort(0);
    tiff.order(order == INTEL ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if ((order != INTEL && order != MOTOROLA) || tiff.getShort(2) != MAGIC) {
      return OptionalInt.empty();
    }
    int directory = tiff.getInt(4);
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * ENTRY_BYTES;
      if (tiff.getShort(entry) == TAG
          && tiff.getShort(entry + 2) == TYPE_SHORT
          && tiff.getInt(entry + 4) == 1) {
        int value = Short.toUnsignedInt(tiff.getShort(entry + 8));
        return OptionalInt.of(value >= TOP_LEFT && value <= LEFT_BOTTOM ? value : UPRIGHT);
      }
    }
    return OptionalInt.empty();
  }

  /** The upright image of stored pixels; the same where they are upright already. */
  public static RgbImage apply(int orientation, RgbImage stored) {
    if (orientation == UPRIGHT) {
      return stored;
    }
    try (Mats mats = new Mats()) {
      Mat pixels = mats.own(new Mat(stored.height(), stored.width(), CvType.CV_8UC3));
      pixels.put(0, 0, stored.pixels());
      Mat upright = apply(orientation, pixels, mats);
      return new RgbImage(upright.cols(), upright.rows(), Mats.bytes(upright));
    }
  }

  /** The upright image of stored pixels; the same Mat where they are upright already. */
  public static Mat apply(int orientation, Mat stored, Mats mats) {
    if (orientation == UPRIGHT) {
      return stored;
    }
    Mat upright = mats.create();
    switch (orientation) {
      case 2 -> Core.flip(stored, upright, 1);
      case 3 -> Core.rotate(stored, upright, Core.ROTATE_180);
      case 4 -> Core.flip(stored, upright, 0);
      case 5 -> Core.transpose(stored, upright);
      case 6 -> Core.rotate(stored, upright, Core.ROTATE_90_CLOCKWISE);
      case 7 -> {
        Core.transpose(stored, upright);
        Core.flip(upright, upright, -1);
      }
      case 8 -> Core.rotate(stored, upright, Core.ROTATE_90_COUNTERCLOCKWISE);
      default -> throw new IllegalArgumentException("EXIF orientation " + orientation);
    }
    return upright;
  }
}
