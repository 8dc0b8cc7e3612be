package dev.remap.jobs.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Files as schema version 1 writes them; they never change. */
public final class Golden {
  private Golden() {}

  public static byte[] bytes(String name) {
    try (InputStream in = Golden.class.getResourceAsStream("golden/v1/" + name + ".json")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without its checksum, so that a change of its text is read for what it says. */
  public static String unsealed(String name) {
    return text(name).replaceAll(",\\s*\"checksum\" ?: ?\"[0-9a-f]{16}\"", "");
  }

  public static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }
}
