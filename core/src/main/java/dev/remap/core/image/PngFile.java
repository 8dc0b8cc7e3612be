package dev.remap.core.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The chunks of a PNG (ISO/IEC 15948, clause 5): header, orientation, completeness. */
final class PngFile {
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

  private static final int CHUNKS_FROM = 8;
  private static final int CHUNK_OVERHEAD = 12;
  private static final int IHDR_BYTES = 13;

  private final ByteBuffer bytes;
  private int at = CHUNKS_FROM;

  private PngFile(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /** Reads up to the first pixels; the checksum of these chunks is verified with all others. */
  static ImageHeader header(byte[] file) throws ImageException {
    PngFile png = new PngFile(file);
    if (!png.type().equals("IHDR") || png.length() != IHDR_BYTES) {
      throw new ImageException("PNG does not begin with a header of " + IHDR_BYTES + " bytes");
    }
    int width = png.bytes.getInt(png.data());
    int height = png.bytes.getInt(png.data() + 4);
    if (width < 1 || height < 1) {
      throw new ImageException("PNG header announces " + width + "x" + height + " pixels");
    }
    int orientation = Orientation.UPRIGHT;
    while (!png.type().equals("IDAT") && !png.type().equals("IEND")) {
      if (png.type().equals("eXIf")) {
        orientation = Orientation.read(file, png.data(), png.data() + png.length());
      }
      png.next();
    }
    return ImageHeader.ofStored(ImageFormat.PNG, width, height, orientation);
  }

  /** How many a sample has when it is decoded, in a file whose header has been read. */
  static int bytesOfSample(byte[] file) {
    return file[CHUNKS_FROM + 8 + 8] == 16 ? 2 : 1;
  }

  /**
   * The chunks that carry pixels, after the checksums of all chunks have been verified. Text and
   * profile chunks stay away from the native decoder: it does not use them, and warns about them on
   * the process's standard error.
   */
  static byte[] verifiedPixels(byte[] file) throws ImageException {
    PngFile png = new PngFile(file);
    ByteBuffer kept = ByteBuffer.allocate(file.length).put(file, 0, CHUNKS_FROM);
    while (true) {
      png.verifyChecksum();
      if (png.carriesPixels()) {
        kept.put(file, png.at, png.length() + CHUNK_OVERHEAD);
      }
      if (png.type().equals("IEND")) {
        return Arrays.copyOf(kept.array(), kept.position());
      }
      png.next();
    }
  }

  private boolean carriesPixels() throws ImageException {
    boolean critical = Character.isUpperCase(type().charAt(0));
    return critical || type().equals("tRNS");
  }

  private void verifyChecksum() throws ImageException {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), at + 4, length() + 4);
    if ((int) crc.getValue() != bytes.getInt(data() + length())) {
      throw new ImageException("PNG is damaged: wrong checksum of the chunk at byte " + at);
    }
  }

  private void next() throws ImageException {
    at += length() + CHUNK_OVERHEAD;
  }

  private int data() {
    return at + 8;
  }

  private String type() throws ImageException {
    length();
    return new String(bytes.array(), at + 4, 4, StandardCharsets.ISO_8859_1);
  }

  /** The length of the current chunk's data; all of the chunk is there. */
  private int length() throws ImageException {
    int left = bytes.capacity() - at;
    if (left < CHUNK_OVERHEAD) {
      throw new ImageException("PNG is cut short: no IEND chunk in " + bytes.capacity() + " bytes");
    }
    int length = bytes.getInt(at);
    if (length < 0 || length > left - CHUNK_OVERHEAD) {
      throw new ImageException(
          "PNG is cut short or damaged: the chunk at byte "
              + at
              + " has "
              + Integer.toUnsignedString(length)
              + " bytes, the file "
              + bytes.capacity());
    }
    return length;
  }
}
