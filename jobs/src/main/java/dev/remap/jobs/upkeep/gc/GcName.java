package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.StoreFile;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file's name says that it is. A name that says nothing is somebody else's file, which is
 * left alone.
 *
 * @param role what it is for
 * @param unit the unit it belongs to, if the name tells
 */
record GcName(Role role, OptionalInt unit) {
  private static final String UNIT = "u(\\d{6,8})";
  private static final String DIGEST = "-[0-9a-f]{16}";
  private static final Pattern TEMPORARY =
      Pattern.compile("(.*/)?\\.[^/]+\\.[0-9a-f-]{36}\\.tmp|probe-[0-9a-f-]{36}");

  /** What a file is for, in the order in which files have to go: what names others goes first. */
  enum Role {
    MANIFEST("manifest\\.json"),
    LEDGER("ledger\\.json|finished\\.json"),
    RECORD("records/" + UNIT + "\\.json"),
    PLAN("plan\\.json|started\\.json"),
    // Earlier builds had those of all units in one folder.
    NOTE("inflight/" + UNIT + "[/-][^/]+\\.json"),
    SEGMENT("segments/" + UNIT + "-[^/]+\\.parquet"),
    SHARD("shard-(\\d{5,8})" + DIGEST + "\\.faiss"),
    FILE("[^/.][^/]*" + DIGEST + "(\\.[A-Za-z]+)?"),
    TEMPORARY(""),
    ANNOUNCEMENT(Claims.ANNOUNCEMENT_PATTERN),
    CLAIM(Claims.CLAIM_PATTERN),
    UNKNOWN("");

    private final Pattern pattern;

    Role(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }

    /** Whether it says what counts, and holds no data itself. */
    boolean isBook() {
      return compareTo(PLAN) <= 0;
    }

    /** Whether it only says who comes first. */
    boolean isClaim() {
      return this == ANNOUNCEMENT || this == CLAIM;
    }
  }

  /**
   * Reads a name.
   *
   * @param folder the layer or artifact that the file lies in
   */
  static GcName of(String folder, StoreFile file) {
    String below = folder.isEmpty() ? file.path() : file.path().substring(folder.length() + 1);
    if (TEMPORARY.matcher(below).matches()) {
      return new GcName(Role.TEMPORARY, OptionalInt.empty());
    }
    for (Role role : Role.values()) {
      Matcher matcher = role.pattern.matcher(below);
      if (matcher.matches()) {
        return new GcName(role, unit(role, matcher));
      }
    }
    return new GcName(Role.UNKNOWN, OptionalInt.empty());
  }

  private static OptionalInt unit(Role role, Matcher matcher) {
    return switch (role) {
      case RECORD, NOTE, SEGMENT, SHARD -> OptionalInt.of(Integer.parseInt(matcher.group(1)));
      default -> OptionalInt.empty();
    };
  }
}
