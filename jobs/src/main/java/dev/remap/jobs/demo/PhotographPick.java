package dev.remap.jobs.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A line of the list of photographs.
 *
 * @param folder destination folder, relative, such as {@code pairs/aloe}
 * @param name destination name without extension, or {@value #ALL} to keep the names
 * @param source the Debian package
 * @param picture the picture's path in the package; a pattern such as {@code erase/*.webp} with
 *     {@value #ALL}
 */
record PhotographPick(String folder, String name, String source, String picture) {
  static final String ALL = "*";

  /** The list that comes with the program. */
  static List<PhotographPick> builtIn() throws IOException {
    try (InputStream list = PhotographPick.class.getResourceAsStream("photographs.txt")) {
      return parse(new String(list.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * Reads a list: three columns, empty lines and lines with {@code #} are skipped.
   *
   * @throws IllegalArgumentException on a line that is none of these
   */
  static List<PhotographPick> parse(String list) {
    return list.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(PhotographPick::of)
        .toList();
  }

  boolean all() {
    return name.equals(ALL);
  }

  private static PhotographPick of(String line) {
    String[] columns = line.trim().split("\\s+", -1);
    int slash = columns[0].lastIndexOf('/');
    if (columns.length != 3 || slash < 1) {
      throw new IllegalArgumentException(
          "Line of the list of photographs is not 'folder/name package picture': " + line);
    }
    return new PhotographPick(
        columns[0].substring(0, slash), columns[0].substring(slash + 1), columns[1], columns[2]);
  }
}
