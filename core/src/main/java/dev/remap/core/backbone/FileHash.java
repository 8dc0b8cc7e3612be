package dev.remap.core.backbone;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Refuses a backbone file that is not the one its card names. */
final class FileHash {
  private FileHash() {}

  static void verify(Path file, BackboneCard card) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "The backbone file " + file + " of the card '" + card.name() + "' is not there");
    }
    String actual = sha256(file);
    if (!actual.equals(card.sha256())) {
      throw new IllegalArgumentException(
          "The backbone file %s has SHA-256 %s, but its card '%s' says %s: they do not belong"
                  .formatted(file, actual, card.name(), card.sha256())
              + " together, or the file is damaged");
    }
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the backbone file " + file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }
}
