package dev.remap.index.jfaiss;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files, as 64 lower-case hexadecimal digits. */
public final class FileHash {
  private static final int BUFFER_BYTES = 1 << 18;

  private FileHash() {}

  /**
   * The hash of a file.
   *
   * @throws UncheckedIOException if the file can't be read
   */
  public static String of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + file + ": " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /**
   * Refuses a file that isn't the expected one, byte for byte.
   *
   * @throws FaissException naming both hashes if they differ
   * @throws UncheckedIOException if the file can't be read
   */
  public static void verify(Path file, String expected) {
    String actual = of(file);
    if (!actual.equals(expected)) {
      throw new FaissException(
          "%s has SHA-256 %s, expected %s: the file is damaged or another one, fetch it again"
              .formatted(file, actual, expected));
    }
  }
}
