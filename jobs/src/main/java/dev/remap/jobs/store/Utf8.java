package dev.remap.jobs.store;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text to bytes without the silent question marks of {@link String#getBytes}. */
public final class Utf8 {
  private Utf8() {}

  /**
   * Throws {@link IllegalArgumentException} for text that is not Unicode: half a surrogate pair.
   */
  public static ByteBuffer encode(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not Unicode text (it has half a surrogate pair): rename it", e);
    }
  }
}
