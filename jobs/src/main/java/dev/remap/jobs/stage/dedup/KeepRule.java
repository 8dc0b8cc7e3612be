package dev.remap.jobs.stage.dedup;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.row.VectorRow;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which image of a group of near copies is kept; of equal ones the first by its id. */
enum KeepRule {
  /** Width times height of the stored image. */
  MOST_PIXELS("most-pixels"),
  /** The earliest modification time, where versions tell it: those of files without an etag. */
  OLDEST("oldest"),
  /** Of all ids in the order of their characters. */
  FIRST_ID("first-id");

  private static final Pattern SIZE_AND_TIME = Pattern.compile("\\d+@(\\d{1,18})");

  private final String word;

  KeepRule(String word) {
    this.word = word;
  }

  /** The rule of that name, which the settings have checked. */
  static KeepRule of(String word) {
    return Arrays.stream(values())
        .filter(rule -> rule.word.equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(word));
  }

  @Override
  public String toString() {
    return word;
  }

  /** The lowest is kept. */
  long rank(VectorRow row) {
    return switch (this) {
      case MOST_PIXELS -> -((long) row.width() * row.height());
      case OLDEST -> modified(row);
      case FIRST_ID -> 0;
    };
  }

  private static long modified(VectorRow row) {
    Matcher matcher = SIZE_AND_TIME.matcher(row.version());
    if (!matcher.matches()) {
      throw new InputException(
          "dedup.keep is oldest, and version '%s' of image '%s' tells no time: only files without"
              + " an etag have one. Take most-pixels or first-id (--keep)",
          row.version(), row.imageId());
    }
    return Long.parseLong(matcher.group(1));
  }
}
