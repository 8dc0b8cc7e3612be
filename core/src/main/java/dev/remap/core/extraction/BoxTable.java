package dev.remap.core.extraction;

import java.util.regex.Pattern;

/**
 * A table with the boxes of images that stand in for the regions of the grid. An extractor names it
 * by its content, and does not carry it.
 *
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 * @param rows how many boxes it has
 */
public record BoxTable(String sha256, long rows) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public BoxTable {
    if (!SHA256.matcher(sha256).matches() || rows < 1) {
      throw new IllegalArgumentException(
          "extractor: a table of boxes has %d rows and the SHA-256 '%.100s': it must have a row, and 64 lower-case hex digits"
              .formatted(rows, sha256));
    }
  }
}
