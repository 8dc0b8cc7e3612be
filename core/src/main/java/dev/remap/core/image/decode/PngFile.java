package dev.remap.core.image.decode;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.Orientation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG (ISO/IEC 15948, clause 5): header, orientation, completeness.
 *
 * <p>What carries pixels must be there with its right checksum: IHDR, the palette of an image that
 * has one, and all of the IDAT chunks. Nothing else decides. As in libpng, an ancillary chunk that
 * is damaged counts as absent; and what comes behind the pixels, or that nothing does, is not
 * looked at.
 */
final class PngFile {
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

  private static final int CHUNKS_FROM = 8;
  private static final int CHUNK_OVERHEAD = 12;
  private static final int IHDR_BYTES = 13;
  private static final int FIRST_DATA = CHUNKS_FROM + 8;
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final byte[] END = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82
  };

  private final ByteBuffer bytes;
  private int at = CHUNKS_FROM;
  private int colours;
  private boolean transparencyKept;

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
    OptionalInt orientation = OptionalInt.empty();
    while (!png.type().equals("IDAT") && !png.type().equals("IEND")) {
      if (png.type().equals("eXIf") && orientation.isEmpty() && png.isSound()) {
        orientation = Orientation.read(file, png.data(), png.data() + png.length());
      }
      png.next();
    }
    return ImageHeader.ofStored(
        ImageFormat.PNG, width, height, orientation.orElse(Orientation.UPRIGHT));
  }

  /** How many a sample has when it is decoded, in a file whose header has been read. */
  static int bytesOfSample(byte[] file) {
    return bitDepth(file) == 16 ? 2 : 1;
  }

  private static int bitDepth(byte[] file) {
    return file[FIRST_DATA + 8];
  }

  private static int colourType(byte[] file) {
    return file[FIRST_DATA + 9];
  }

  /**
   * The grey that is transparent, as a sample of what is decoded: 8 bits, or 16 of a file of 16.
   *
   * @param verified what {@link #verifiedPixels} gave
   */
  static OptionalInt transparentGrey(byte[] verified) throws ImageException {
    if (colourType(verified) != GREY) {
      return OptionalInt.empty();
    }
    PngFile png = new PngFile(verified);
    for (; !png.type().equals("IDAT"); png.next()) {
      if (png.type().equals("tRNS")) {
        int most = (1 << bitDepth(verified)) - 1;
        int grey = Short.toUnsignedInt(png.bytes.getShort(png.data())) & most;
        return OptionalInt.of(most > 0xff ? grey : grey * 0xff / most);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The chunks that carry pixels, their checksums verified, and an end. Text and profile chunks
   * stay away from the native decoder: it does not use them, and warns about them on the process's
   * standard error.
   */
  static byte[] verifiedPixels(byte[] file) throws ImageException {
    PngFile png = new PngFile(file);
    ByteBuffer kept = ByteBuffer.allocate(file.length + END.length).put(file, 0, CHUNKS_FROM);
    for (; !png.type().equals("IDAT"); png.next()) {
      if (png.describesPixels()) {
        kept.put(file, png.at, png.length() + CHUNK_OVERHEAD);
      }
    }
    while (png.hasChunk()) {
      if (png.typeHere().equals("IDAT")) {
        png.verifyChecksum();
        kept.put(file, png.at, png.length() + CHUNK_OVERHEAD);
      } else if (png.typeHere().equals("IEND") || !png.isWhole()) {
        break;
      }
      png.next();
    }
    byte[] verified = new byte[kept.put(END).position()];
    System.arraycopy(kept.array(), 0, verified, 0, verified.length);
    return verified;
  }

  /** Whether the chunk, which comes before all pixels, is needed to make them. */
  private boolean describesPixels() throws ImageException {
    switch (type()) {
      case "IHDR" -> verifyChecksum();
      case "PLTE" -> {
        // Only a suggestion for other kinds of image.
        if (colourType(bytes.array()) != PALETTE) {
          return false;
        }
        verifyChecksum();
        colours = length() / 3;
      }
      case "tRNS" -> {
        if (transparencyKept || !isSound() || !hasTransparencyOfItsKind()) {
          return false;
        }
        transparencyKept = true;
      }
      case "IEND" -> throw new ImageException("PNG has no pixels: it ends before any");
      default -> {
        if (Character.isUpperCase(type().charAt(0))) {
          throw new ImageException(
              "PNG needs what is not known here, or is damaged: a critical chunk '%s' at byte %d"
                  .formatted(type().replaceAll("[^A-Za-z]", "?"), at));
        }
        return false;
      }
    }
    return true;
  }

  private boolean hasTransparencyOfItsKind() throws ImageException {
    return switch (colourType(bytes.array())) {
      case GREY -> length() == 2;
      case RGB -> length() == 6;
      case PALETTE -> length() >= 1 && length() <= colours;
      default -> false;
    };
  }

  private boolean isSound() throws ImageException {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), at + 4, length() + 4);
    return (int) crc.getValue() == bytes.getInt(data() + length());
  }

  private void verifyChecksum() throws ImageException {
    if (!isSound()) {
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
    return typeHere();
  }

  private String typeHere() {
    return new String(bytes.array(), at + 4, 4, StandardCharsets.ISO_8859_1);
  }

  /** Whether there is room for a chunk, be it an empty one. */
  private boolean hasChunk() {
    return bytes.capacity() - at >= CHUNK_OVERHEAD;
  }

  private boolean isWhole() {
    int length = bytes.getInt(at);
    return length >= 0 && length <= bytes.capacity() - at - CHUNK_OVERHEAD;
  }

  /** The length of the current chunk's data; all of the chunk is there. */
  private int length() throws ImageException {
    if (!hasChunk()) {
      throw new ImageException("PNG is cut short: no pixels in " + bytes.capacity() + " bytes");
    }
    if (!isWhole()) {
      throw new ImageException(
          "PNG is cut short or damaged: the chunk at byte "
              + at
              + " has "
              + Integer.toUnsignedString(bytes.getInt(at))
              + " bytes, the file "
              + bytes.capacity());
    }
    return bytes.getInt(at);
  }
}
