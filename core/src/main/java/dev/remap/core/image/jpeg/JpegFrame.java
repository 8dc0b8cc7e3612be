package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * A JPEG frame header (ITU-T T.81, B.2.2): what the scans that follow must fill.
 *
 * @param width in samples, as stored
 */
record JpegFrame(boolean progressive, int width, int height, List<Component> components) {
  private static final int COMPONENTS_FROM = 6;

  /** One colour channel and its sampling factors. */
  record Component(int id, int horizontal, int vertical) {}

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
