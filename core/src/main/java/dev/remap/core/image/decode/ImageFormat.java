package dev.remap.core.image.decode;

import dev.remap.core.image.ImageException;
import java.nio.charset.StandardCharsets;

/** A format that can be decoded, told by its content and never by a name. */
public enum ImageFormat {
  JPEG,
  PNG,
  WEBP;

  private static final int SNIFFED = 12;

  /**
   * The format that the first bytes announce.
   *
   * @throws ImageException if the bytes are empty or begin like none of the formats; it names what
   *     they are
   */
  static ImageFormat of(byte[] bytes) throws ImageException {
    if (bytes.length == 0) {
      throw new ImageException("file is empty");
    }
    String start =
        new String(bytes, 0, Math.min(bytes.length, SNIFFED), StandardCharsets.ISO_8859_1);
    if (start.startsWith("\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (start.startsWith(PngFile.SIGNATURE)) {
      return PNG;
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return WEBP;
    }
    throw new ImageException("not a JPEG, PNG or WebP: " + ForeignFormat.describe(bytes));
  }
}
