package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;

/** Walks the marker segments of a JPEG (ITU-T T.81, annex B) and refuses a file that ends early. */
final class JpegMarkers {
  static final int FRAME_BASELINE = 0xc0;
  static final int FRAME_EXTENDED = 0xc1;
  static final int FRAME_PROGRESSIVE = 0xc2;
  static final int HUFFMAN_TABLES = 0xc4;
  static final int FIRST_RESTART = 0xd0;
  static final int LAST_RESTART = 0xd7;
  static final int START_OF_IMAGE = 0xd8;
  static final int END_OF_IMAGE = 0xd9;
  static final int START_OF_SCAN = 0xda;
  static final int QUANTISATION_TABLES = 0xdb;
  static final int RESTART_INTERVAL = 0xdd;
  static final int FIRST_APP = 0xe0;
  static final int APP1 = 0xe1;
  static final int APP14 = 0xee;

  private static final int LAST_APP = 0xef;
  private static final int COMMENT = 0xfe;

  private static final int TEMPORARY = 0x01;
  private static final int LAST_FRAME = 0xcf;
  private static final int JPEG_EXTENSION = 0xc8;
  private static final int ARITHMETIC_CODING = 0xcc;

  private final byte[] bytes;
  private int data = 2;
  private int end = 2;
  private boolean passedOver;

  JpegMarkers(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Steps to the next marker that is not a restart, past whatever lies between, as decoders do.
   *
   * @throws ImageException if the file ends before the marker or inside its segment
   */
  int next() throws ImageException {
    int marker = marker();
    data = end;
    if (marker == START_OF_IMAGE || marker == END_OF_IMAGE) {
      return marker;
    }
    if (end + 2 > bytes.length || end + u16(end) > bytes.length) {
      throw cutShort();
    }
    if (u16(end) < 2 && !isAncillary(marker)) {
      throw new ImageException("JPEG is damaged: an empty segment at byte " + (end - 2));
    }
    data = end + 2;
    end += Math.max(2, u16(end));
    return marker;
  }

  private int marker() throws ImageException {
    while (true) {
      while (end < bytes.length && bytes[end] != (byte) 0xff) {
        end++;
        passedOver = true;
      }
      while (end < bytes.length && bytes[end] == (byte) 0xff) {
        end++;
      }
      if (end == bytes.length) {
        throw cutShort();
      }
      int marker = Byte.toUnsignedInt(bytes[end++]);
      boolean alone = (marker >= FIRST_RESTART && marker <= LAST_RESTART) || marker == TEMPORARY;
      if (marker != 0 && !alone) {
        return marker;
      }
    }
  }

  /** Applications' data and comments: nothing about how the pixels are coded. */
  static boolean isAncillary(int marker) {
    return (marker >= FIRST_APP && marker <= LAST_APP) || marker == COMMENT;
  }

  private ImageException cutShort() {
    return new ImageException("JPEG is cut short: no end marker in " + bytes.length + " bytes");
  }

  /** Whether there were bytes between two segments. */
  boolean passedOver() {
    return passedOver;
  }

  static boolean startsFrame(int marker) {
    return marker >= FRAME_BASELINE
        && marker <= LAST_FRAME
        && marker != HUFFMAN_TABLES
        && marker != JPEG_EXTENSION
        && marker != ARITHMETIC_CODING;
  }

  /** Where the current segment's data begins. */
  int data() {
    return data;
  }

  /** Where the current segment ends and, after a scan header, its entropy-coded data begins. */
  int end() {
    return end;
  }

  /** Continues behind entropy-coded data. */
  void continueAt(int position) {
    end = position;
  }

  /** An unsigned byte of the current segment. */
  int u8(int offset) throws ImageException {
    if (data + offset >= end) {
      throw new ImageException("JPEG is damaged: the segment at byte " + data + " is too small");
    }
    return Byte.toUnsignedInt(bytes[data + offset]);
  }

  /** An unsigned 16-bit number of the current segment. */
  int number(int offset) throws ImageException {
    return (u8(offset) << 8) | u8(offset + 1);
  }

  private int u16(int at) {
    return (Byte.toUnsignedInt(bytes[at]) << 8) | Byte.toUnsignedInt(bytes[at + 1]);
  }
}
