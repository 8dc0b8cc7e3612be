package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.FileVersion;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What an inventory says of one object, as texts; null where it says nothing.
 *
 * @param isLatest whether it is the newest version of its key
 * @param isDeleteMarker whether that version says that the key is gone
 * @param place file and row, for messages
 */
record InventoryRow(
    String bucket,
    String key,
    String size,
    String etag,
    String modified,
    String isLatest,
    String isDeleteMarker,
    String place) {

  private static final String OLD = "older version";
  private static final String DELETED = "deleted object";

  /** Whether the bucket shows this version of the object; counted if it does not. */
  boolean isTaken(LeftOut leftOut) {
    if (!isTrue("is_latest", isLatest, true)) {
      leftOut.add(OLD, "");
      return false;
    }
    if (isTrue("is_delete_marker", isDeleteMarker, false)) {
      leftOut.add(DELETED, "");
      return false;
    }
    return true;
  }

  private boolean isTrue(String column, String value, boolean blank) {
    if (value == null || value.isBlank()) {
      return blank;
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused("has %s '%s', which must be true or false", column, value);
    };
  }

  /** Its key; an {@link InputException} if it has none, or no bucket. */
  String key(KeyEncoding encoding) {
    // Before anything of the row is repeated: what looks like a user before a bucket is none.
    if (bucket != null && bucket.matches("(?s).*[/@:].*")) {
      throw refused("has a bucket with /, @ or : in it, which is no name of a bucket");
    }
    if (bucket == null || bucket.isBlank() || key == null || key.isEmpty()) {
      throw refused("has no bucket or no key");
    }
    if (key.indexOf('\uFFFD') >= 0) {
      throw refused("has a key that is not UTF-8");
    }
    return encoding == KeyEncoding.URL ? decoded() : key;
  }

  private String decoded() {
    byte[] bytes = new byte[key.length()];
    int size = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '%') {
        bytes[size++] = (byte) encodedByte(i);
        i += 2;
      } else if (c > 126 || c < 32) {
        throw notEncoded();
      } else {
        bytes[size++] = (byte) (c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, size)).toString();
    } catch (CharacterCodingException e) {
      throw notEncoded();
    }
  }

  private int encodedByte(int percent) {
    int high = percent + 2 < key.length() ? Character.digit(key.charAt(percent + 1), 16) : -1;
    int low = percent + 2 < key.length() ? Character.digit(key.charAt(percent + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw notEncoded();
    }
    return 16 * high + low;
  }

  private InputException notEncoded() {
    return refused(
        "has the key %s, which is not URL-encoded UTF-8, as keys are in a CSV without a header",
        key);
  }

  /** The image with its key for an id. */
  ListedImage listed(String decoded) {
    return new ListedImage(
        decoded, "s3a://" + bucket + "/" + decoded, version(decoded), bytes(decoded));
  }

  private long bytes(String decoded) {
    if (size == null || size.isBlank()) {
      return -1;
    }
    try {
      long bytes = Long.parseLong(size.strip());
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw refused("has the size '%s' for %s, which must be a number of bytes", size, decoded);
  }

  /** A date of an inventory is not what the filesystem will say; it only tells versions apart. */
  private String version(String decoded) {
    if (etag != null && !etag.isBlank()) {
      return FileVersion.ofEtag(etag);
    }
    long bytes = bytes(decoded);
    if (bytes < 0 || modified == null || modified.isBlank()) {
      throw refused("has neither an e_tag nor size and last_modified_date for %s", decoded);
    }
    return bytes + " bytes, " + modified;
  }

  InputException refused(String format, Object... values) {
    return new InputException(
        "Inventory: %s %s. Mend or remove it, then run again",
        place, String.format(Locale.ROOT, format, values));
  }
}
