package dev.remap.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A JPEG frame header (ITU-T T.81, B.2.2): what the scans that follow must fill.
 *
 * @param width in samples, as stored
 */
record JpegFrame(boolean progressive, int width, int height, List<Component> components) {
  private static final int EXIF_PREFIX_BYTES = 6;
  private static final int COMPONENTS_FROM = 6;

  /** One colour channel and its sampling factors. */
  record Component(int id, int horizontal, int vertical) {}

  /** The header of a file, up to its first scan. */
  static ImageHeader header(byte[] file) throws ImageException {
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
        frame = read(marker, markers);
      } else if (marker == JpegMarkers.APP1 && orientation.isEmpty()) {
        orientation = orientation(file, markers);
      }
    }
    if (frame == null) {
      throw new ImageException("JPEG is damaged: a scan before any frame header");
    }
    return ImageHeader.ofStored(
        ImageFormat.JPEG, frame.width, frame.height, orientation.orElse(Orientation.UPRIGHT));
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

  /** Reads the frame header that {@code markers} stands on. */
  static JpegFrame read(int marker, JpegMarkers markers) throws ImageException {
    int bits = markers.u8(0);
    if (marker > JpegMarkers.FRAME_PROGRESSIVE || bits != 8) {
      throw new ImageException(
          String.format(
              "JPEG process SOF%d with %d bits is not supported: baseline, extended sequential and"
                  + " progressive Huffman coding with 8 bits are",
              marker - JpegMarkers.FRAME_BASELINE, bits));
    }
    int height = markers.number(1);
    int width = markers.number(3);
    if (width == 0 || height == 0) {
      throw new ImageException("JPEG header announces " + width + "x" + height + " pixels");
    }
    boolean progressive = marker == JpegMarkers.FRAME_PROGRESSIVE;
    return new JpegFrame(progressive, width, height, components(markers));
  }

  private static List<Component> components(JpegMarkers markers) throws ImageException {
    int count = markers.u8(5);
    if (count != 1 && count != 3 && count != 4) {
      throw new ImageException("JPEG with " + count + " colour channels is not supported");
    }
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = COMPONENTS_FROM + 3 * i;
      int horizontal = markers.u8(at + 1) >> 4;
      int vertical = markers.u8(at + 1) & 15;
      if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) {
        throw new ImageException(
            "JPEG is damaged: sampling factors " + horizontal + "x" + vertical);
      }
      components.add(new Component(markers.u8(at), horizontal, vertical));
    }
    return List.copyOf(components);
  }

  /** Columns of interleaved MCUs. */
  int mcusWide() {
    return ceiling(width, 8 * mostHorizontal());
  }

  /** Rows of interleaved MCUs. */
  int mcusHigh() {
    return ceiling(height, 8 * mostVertical());
  }

  /** Columns of 8×8 blocks of a channel that hold samples: the MCUs of a scan of its own. */
  int blocksWide(Component component) {
    return ceiling(ceiling(width * component.horizontal, mostHorizontal()), 8);
  }

  int blocksHigh(Component component) {
    return ceiling(ceiling(height * component.vertical, mostVertical()), 8);
  }

  private int mostHorizontal() {
    return components.stream().mapToInt(Component::horizontal).max().orElseThrow();
  }

  private int mostVertical() {
    return components.stream().mapToInt(Component::vertical).max().orElseThrow();
  }

  private static int ceiling(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
