package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.Orientation;
import java.util.OptionalInt;

/**
 * What a JPEG says of itself before its first scan.
 *
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param orientation the EXIF orientation 1..8; 1 where the file names none
 */
public record JpegHeader(int width, int height, int orientation) {
  private static final int EXIF_PREFIX_BYTES = 6;

  /**
   * The header of a file.
   *
   * @throws ImageException if there is no scan, or not one frame header before it
   */
  public static JpegHeader of(byte[] file) throws ImageException {
    JpegMarkers markers = new JpegMarkers(file);
    JpegFrame frame = null;
    OptionalInt orientation = OptionalInt.empty();
    int marker = markers.next();
    for (; marker != JpegMarkers.START_OF_SCAN; marker = markers.next()) {
      if (marker == JpegMarkers.END_OF_IMAGE) {
        throw new ImageException("JPEG has no pixels: it ends before a scan");
      } else if (JpegMarkers.startsFrame(marker)) {
        if (frame != null) {
          throw new ImageException("JPEG is damaged: a second frame header");
        }
        frame = JpegFrame.read(marker, markers);
      } else if (marker == JpegMarkers.APP1 && orientation.isEmpty()) {
        orientation = orientation(file, markers);
      }
    }
    if (frame == null) {
      throw new ImageException("JPEG is damaged: a scan before any frame header");
    }
    return new JpegHeader(frame.width(), frame.height(), orientation.orElse(Orientation.UPRIGHT));
  }

  /** The byte behind "Exif\0" fills up and may be anything. */
  private static OptionalInt orientation(byte[] file, JpegMarkers markers) {
    int from = markers.data();
    boolean exif =
        markers.end() - from > EXIF_PREFIX_BYTES
            && file[from] == 'E'
            && file[from + 1] == 'x'
            && file[from + 2] == 'i'
            && file[from + 3] == 'f'
            && file[from + 4] == 0;
    return exif
        ? Orientation.read(file, from + EXIF_PREFIX_BYTES, markers.end())
        : OptionalInt.empty();
  }
}
