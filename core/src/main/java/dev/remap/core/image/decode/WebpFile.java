package dev.remap.core.image.decode;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.Orientation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The chunks of a WebP (RFC 9649): header, orientation, completeness. The chunk of the picture must
 * be whole; what comes behind it is nothing that a picture needs.
 */
final class WebpFile {
  private static final int CHUNKS_FROM = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int ANIMATION_FLAG = 0x02;
  private static final int VP8_SIDE = 0x3fff;
  private static final int VP8_START_CODE = 0x2a019d;
  private static final int VP8L_SIGNATURE = 0x2f;
  private static final byte[] EXIF_PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  private final ByteBuffer bytes;
  private int width;
  private int height;
  private OptionalInt orientation = OptionalInt.empty();
  private int pictureEnd;

  private WebpFile(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads all chunks, so that a header also says that the picture is complete.
   *
   * @throws ImageException also for an animation
   */
  static ImageHeader header(byte[] file) throws ImageException {
    WebpFile webp = read(file);
    return ImageHeader.ofStored(
        ImageFormat.WEBP, webp.width, webp.height, webp.orientation.orElse(Orientation.UPRIGHT));
  }

  /** The file; up to its picture, where it ends earlier than it says. */
  static byte[] pixels(byte[] file) throws ImageException {
    WebpFile webp = read(file);
    if (webp.announced() <= file.length) {
      return file;
    }
    byte[] whole = Arrays.copyOf(file, webp.pictureEnd + (webp.pictureEnd & 1));
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(4, whole.length - CHUNK_HEADER);
    return whole;
  }

  private static WebpFile read(byte[] file) throws ImageException {
    WebpFile webp = new WebpFile(file);
    try {
      webp.readChunks();
    } catch (IndexOutOfBoundsException e) {
      throw new ImageException("WebP is damaged: a chunk is too small for its header");
    }
    if (webp.width == 0 || webp.height == 0) {
      throw new ImageException(
          "WebP has no pixels: its header announces " + webp.width + "x" + webp.height);
    }
    return webp;
  }

  /** Where the file should end by what it says. */
  private long announced() {
    return Integer.toUnsignedLong(bytes.getInt(4)) + CHUNK_HEADER;
  }

  private void readChunks() throws ImageException {
    long end = Math.min(announced(), bytes.capacity());
    long at = CHUNKS_FROM;
    boolean cut = false;
    while (at + CHUNK_HEADER <= end) {
      int data = (int) at + CHUNK_HEADER;
      long length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
      String type = new String(bytes.array(), (int) at, 4, StandardCharsets.ISO_8859_1);
      if (data + length > end) {
        cut = data + length + (length & 1) == announced() && isLegibleMetadata(type, data);
        break;
      }
      readChunk(type, data, (int) length);
      at = data + length + (length & 1);
    }
    // Missing bytes may be the picture's, whose chunk then has some of the next: only where it is
    // plain that they are others is all of the picture there.
    boolean unpadded = at == announced() && at == bytes.capacity() + 1L;
    if (pictureEnd == 0 || (announced() > bytes.capacity() && !cut && !unpadded)) {
      throw cutShort();
    }
  }

  /** Of metadata that is cut short, the orientation must be there: it decides how all is seen. */
  private boolean isLegibleMetadata(String type, int data) {
    if (type.equals("EXIF") && orientation.isEmpty()) {
      orientation = orientation(data, bytes.capacity() - data);
      return orientation.isPresent();
    }
    return type.equals("EXIF") || type.equals("XMP ");
  }

  private ImageException cutShort() {
    return new ImageException(
        "WebP is cut short or damaged: %d bytes of %d announced, without all of a picture"
            .formatted(bytes.capacity(), announced()));
  }

  private void readChunk(String type, int data, int length) throws ImageException {
    switch (type) {
      case "VP8X" -> {
        if ((bytes.get(data) & ANIMATION_FLAG) != 0) {
          throw new ImageException("WebP is an animation; only still images are decoded");
        }
        shape(1 + unsigned24(data + 4), 1 + unsigned24(data + 7));
      }
      case "VP8 " -> {
        if (pictureEnd > 0) {
          return;
        }
        pictureEnd = data + length;
        if (unsigned24(data + 3) != VP8_START_CODE) {
          throw new ImageException("WebP is damaged: no start code in its VP8 chunk");
        }
        shape(bytes.getShort(data + 6) & VP8_SIDE, bytes.getShort(data + 8) & VP8_SIDE);
      }
      case "VP8L" -> {
        if (pictureEnd > 0) {
          return;
        }
        pictureEnd = data + length;
        if (bytes.get(data) != VP8L_SIGNATURE) {
          throw new ImageException("WebP is damaged: no signature in its VP8L chunk");
        }
        int sides = bytes.getInt(data + 1);
        shape(1 + (sides & VP8_SIDE), 1 + ((sides >>> 14) & VP8_SIDE));
      }
      case "EXIF" -> {
        if (orientation.isEmpty()) {
          orientation = orientation(data, length);
        }
      }
      default -> {
        // Alpha, colour profile, metadata: nothing that is needed before decoding.
      }
    }
  }

  /**
   * The canvas and the one picture on it must agree, or a limit checked on one misses the other.
   */
  private void shape(int width, int height) throws ImageException {
    if (this.width != 0 && (this.width != width || this.height != height)) {
      throw new ImageException(
          String.format(
              "WebP is damaged: a canvas of %dx%d with a picture of %dx%d",
              this.width, this.height, width, height));
    }
    this.width = width;
    this.height = height;
  }

  private OptionalInt orientation(int data, int length) {
    ByteBuffer start = ByteBuffer.wrap(bytes.array(), data, Math.min(length, EXIF_PREFIX.length));
    int tiff = start.equals(ByteBuffer.wrap(EXIF_PREFIX)) ? data + EXIF_PREFIX.length : data;
    return Orientation.read(bytes.array(), tiff, data + length);
  }

  private int unsigned24(int at) {
    return Short.toUnsignedInt(bytes.getShort(at)) | (Byte.toUnsignedInt(bytes.get(at + 2)) << 16);
  }
}
