package dev.remap.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/**
 * The EXIF orientation: read from the TIFF block that all three formats carry, and applied to the
 * decoded pixels. OpenCV would apply it for JPEG and PNG but not for WebP; here one rule serves
 * all.
 */
final class Orientation {
  static final int UPRIGHT = 1;

  /** From this value on, width and height change places. */
  static final int FIRST_TRANSPOSED = 5;

  private static final int INTEL = 0x4949;
  private static final int MOTOROLA = 0x4d4d;
  private static final int MAGIC = 42;
  private static final int TAG = 0x0112;
  private static final int TYPE_SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private Orientation() {}

  /**
   * The orientation in the first directory of the TIFF block in {@code bytes[from, to)}. A damaged
   * block says nothing about the pixels, so it means upright, as in every viewer.
   */
  static int read(byte[] bytes, int from, int to) {
    try {
      return read(ByteBuffer.wrap(bytes, from, to - from).slice());
    } catch (IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }

  private static int read(ByteBuffer tiff) {
    int order = tiff.getShort(0);
    tiff.order(order == INTEL ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if ((order != INTEL && order != MOTOROLA) || tiff.getShort(2) != MAGIC) {
      return UPRIGHT;
    }
    int directory = tiff.getInt(4);
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * ENTRY_BYTES;
      if (tiff.getShort(entry) == TAG && tiff.getShort(entry + 2) == TYPE_SHORT) {
        int value = tiff.getShort(entry + 8);
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** The upright image of stored pixels; the same Mat where they are upright already. */
  static Mat apply(int orientation, Mat stored, Mats mats) {
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
