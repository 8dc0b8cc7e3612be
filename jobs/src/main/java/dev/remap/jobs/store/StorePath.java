package dev.remap.jobs.store;

import java.util.regex.Pattern;

/**
 * The paths a store knows: relative, of plain names. Records and manifests name files by them, so a
 * damaged or hostile one must not reach anything outside the root.
 */
public final class StorePath {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._=-]{0,199}");
  private static final int MAX_LENGTH = 1000;

  private StorePath() {}

  /** Returns the path, or throws {@link IllegalArgumentException} when it is not a plain one. */
  public static String check(String path) {
    if (path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "A path of " + path.length() + " characters: at most " + MAX_LENGTH + " are allowed");
    }
    for (String name : path.split("/", -1)) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'"
                + path
                + "' is not a path inside a store: each part starts with a letter or digit and has"
                + " only letters, digits, '.', '_', '=' and '-'");
      }
    }
    return path;
  }

  /** Checks one name without a slash, such as a snapshot or an index. */
  public static String checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot be a name in a store: it starts with a letter or digit and has only"
              + " letters, digits, '.', '_', '=' and '-'");
    }
    return name;
  }
}
