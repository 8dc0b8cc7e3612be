package dev.remap.jobs.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The last field of every JSON file: a checksum of all other bytes, white space and names included,
 * so that a changed byte is noticed whoever reads the file, also where nobody uses what it said.
 */
final class JsonChecksum {
  static final String FIELD = "checksum";

  /** What stands in its place while it is computed. */
  static final String BLANK = "0".repeat(16);

  private JsonChecksum() {}

  /** Fills in the checksum of a file that has {@link #BLANK} as its last value; returns it. */
  static byte[] close(byte[] blank) {
    byte[] digits = digits(blank, place(blank)).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, blank, place(blank), digits.length);
    return blank;
  }

  /** Refuses a file whose last value is not the checksum of the rest. */
  static void check(String where, byte[] bytes) {
    int place = place(bytes);
    if (place < 0 || !digits(bytes, place).equals(found(bytes, place))) {
      throw StoreException.damaged(where, "its content is not that of its checksum");
    }
  }

  /** The last string of the file ends at its last quotation mark. */
  private static int place(byte[] bytes) {
    int end = bytes.length - 1;
    while (end >= 0 && bytes[end] != '"') {
      end--;
    }
    return end - BLANK.length();
  }

  private static String found(byte[] bytes, int place) {
    return new String(bytes, place, BLANK.length(), StandardCharsets.ISO_8859_1);
  }

  private static String digits(byte[] bytes, int place) {
    MessageDigest digest = Sha256.digest();
    digest.update(bytes, 0, place);
    digest.update(BLANK.getBytes(StandardCharsets.US_ASCII));
    int end = place + BLANK.length();
    digest.update(bytes, end, bytes.length - end);
    return Sha256.format(digest.digest()).substring(0, BLANK.length());
  }
}
