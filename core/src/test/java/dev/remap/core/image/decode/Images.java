package dev.remap.core.image.decode;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Reads and damages the image fixtures; their making is told in images/README.md. */
public final class Images {
  public static final int WIDTH = 99;
  public static final int HEIGHT = 70;
  public static final ImageShape TINY = new ImageShape(1, 1);
  public static final ImageShape FULL = new ImageShape(WIDTH, HEIGHT);
  public static final ImageLimits LIMITS = new ImageLimits(1 << 20, 1 << 20);

  private Images() {}

  public static byte[] read(String name) {
    try (InputStream in = Images.class.getResourceAsStream("/images/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static RgbImage decode(String name) throws ImageException {
    return decode(read(name));
  }

  public static RgbImage decode(byte[] bytes) throws ImageException {
    return new ImageDecoder(LIMITS).decode(bytes, FULL);
  }

  /** A sample: of red, green or blue. */
  public static int value(RgbImage image, int x, int y, int channel) {
    return Byte.toUnsignedInt(image.pixels()[3 * (y * image.width() + x) + channel]);
  }

  /** Where a text begins in a file. */
  public static int find(byte[] bytes, String text) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    if (at < 0) {
      throw new IllegalArgumentException("no '" + text + "' in the file");
    }
    return at;
  }

  /** Where a text begins, each time. */
  public static List<Integer> all(byte[] bytes, String text) {
    String whole = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Integer> found = new ArrayList<>();
    for (int at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + 1)) {
      found.add(at);
    }
    return found;
  }

  public static byte[] without(byte[] bytes, int from, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.write(bytes, from + length, bytes.length - from - length);
    return out.toByteArray();
  }

  public static byte[] withByte(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  public static byte[] withAppended(byte[] bytes, byte[] more) {
    return ByteBuffer.allocate(bytes.length + more.length).put(bytes).put(more).array();
  }

  public static byte[] inserted(byte[] bytes, int at, byte[] more) {
    return ByteBuffer.allocate(bytes.length + more.length)
        .put(bytes, 0, at)
        .put(more)
        .put(bytes, at, bytes.length - at)
        .array();
  }

  /** A PNG with another chunk in front of the first of this type. */
  public static byte[] insertedBefore(String type, byte[] png, byte[] chunk) {
    return inserted(png, find(png, type) - 4, chunk);
  }

  /** A WebP with another chunk behind all others. */
  public static byte[] withWebpChunk(byte[] webp, String type, byte[] data) {
    ByteBuffer longer =
        ByteBuffer.allocate(webp.length + 8 + data.length + (data.length & 1))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(webp)
            .put(type.getBytes(StandardCharsets.ISO_8859_1))
            .putInt(data.length)
            .put(data);
    return longer.putInt(4, longer.capacity() - 8).array();
  }

  /** A PNG of 8-bit RGB with any sides and no pixels worth the name. */
  public static byte[] pngHeaderOnly(int width, int height) {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    byte[] signature = PngFile.SIGNATURE.getBytes(StandardCharsets.ISO_8859_1);
    byte[] file = withAppended(signature, chunk("IHDR", header));
    return withAppended(
        withAppended(file, chunk("IDAT", new byte[] {0x78, (byte) 0x9c, 3, 0, 0, 0, 0, 1})),
        chunk("IEND", new byte[0]));
  }

  public static byte[] chunk(String type, byte[] data) {
    byte[] typed = withAppended(type.getBytes(StandardCharsets.ISO_8859_1), data);
    CRC32 crc = new CRC32();
    crc.update(typed);
    return ByteBuffer.allocate(typed.length + 8)
        .putInt(data.length)
        .put(typed)
        .putInt((int) crc.getValue())
        .array();
  }
}
