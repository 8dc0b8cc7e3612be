package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.jpeg.JpegFrame.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a JPEG's segments before its scan say of its pixels, and whether they leave nothing open:
 * one scan of grey or of brightness and colour, sequential, and no segment that a decoder might
 * refuse or understand in another way. Of such files pixels are made here; all others are a
 * decoder's.
 */
final class PlainJpeg {
  private static final int BLOCK = 64;
  private static final int TABLES = 4;
  private static final int JFIF_BYTES = 14;
  private static final int ADOBE_BYTES = 12;
  private static final int ADOBE_TRANSFORM = 11;
  private static final int LONGEST_SIDE = 65_500;
  private static final long MOST_PIXELS = 1L << 30;

  private final int[][] steps = new int[TABLES][];
  private final List<Integer> chosen = new ArrayList<>();
  private boolean plain = true;
  private boolean jfif;
  private boolean adobe;
  private boolean adobeColours;

  /** Takes notice of the segment that {@code markers} stands on. */
  void see(int marker, JpegMarkers markers) throws ImageException {
    int length = markers.end() - markers.data();
    switch (marker) {
      case JpegMarkers.FRAME_BASELINE, JpegMarkers.FRAME_EXTENDED -> frame(markers, length);
      case JpegMarkers.QUANTISATION_TABLES -> quantisation(markers, length);
      case JpegMarkers.HUFFMAN_TABLES -> huffman(markers, length);
      case JpegMarkers.RESTART_INTERVAL -> plain &= length == 2;
      case JpegMarkers.START_OF_SCAN -> plain &= length == 4 + 2 * chosen.size();
      case JpegMarkers.FIRST_APP -> jfif |= length >= JFIF_BYTES && begins(markers, "JFIF\0");
      case JpegMarkers.APP14 -> {
        if (length >= ADOBE_BYTES && begins(markers, "Adobe")) {
          adobe = true;
          adobeColours = markers.u8(ADOBE_TRANSFORM) == 1;
        }
      }
      default -> plain &= JpegMarkers.isAncillary(marker);
    }
  }

  private static boolean begins(JpegMarkers markers, String text) throws ImageException {
    for (int i = 0; i < text.length(); i++) {
      if (markers.u8(i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void frame(JpegMarkers markers, int length) throws ImageException {
    plain &= length >= 6 && length == 6 + 3 * markers.u8(5);
    for (int at = 6; plain && at < length; at += 3) {
      chosen.add(markers.u8(at + 2));
    }
  }

  private void quantisation(JpegMarkers markers, int length) throws ImageException {
    plain &= length % (1 + BLOCK) == 0;
    for (int at = 0; plain && at < length; at += 1 + BLOCK) {
      // Steps of 16 bits have a 1 in front of the table's number.
      int table = markers.u8(at);
      plain = table < TABLES;
      if (plain) {
        steps[table] = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
          steps[table][i] = markers.u8(at + 1 + i);
        }
      }
    }
  }

  /** That they are of the right length shows when they are read. */
  private void huffman(JpegMarkers markers, int length) throws ImageException {
    for (int at = 0; at + 16 < length; ) {
      int destination = markers.u8(at);
      plain &= (destination & ~0x10) < TABLES;
      at++;
      int symbols = 0;
      for (int i = 0; i < 16; i++) {
        symbols += markers.u8(at + i);
      }
      at += 16 + symbols;
    }
  }

  /**
   * Room for the pixels of a sequential scan of all channels that begins, if they are to be made
   * here.
   *
   * @param reduction 1, 2, 4 or 8; libjpeg-turbo is faster but at 1/8
   */
  Optional<ReducedPicture> picture(JpegFrame frame, JpegMarkers markers, int reduction) {
    boolean understood =
        plain
            && reduction == ReducedPicture.REDUCTION
            && !markers.passedOver()
            && frame.width() <= LONGEST_SIDE
            && frame.height() <= LONGEST_SIDE
            && (long) frame.width() * frame.height() <= MOST_PIXELS
            && ReducedPicture.takes(frame)
            && hasColours(frame)
            && chosen.stream().allMatch(table -> table < TABLES && steps[table] != null);
    return understood
        ? Optional.of(
            new ReducedPicture(frame, chosen.stream().map(table -> steps[table]).toList()))
        : Optional.empty();
  }

  /** Whether its channels are grey, or brightness and two differences of colour. */
  private boolean hasColours(JpegFrame frame) {
    List<Integer> ids = frame.components().stream().map(Component::id).toList();
    return ids.size() == 1 || jfif || (adobe ? adobeColours : ids.equals(List.of(1, 2, 3)));
  }
}
