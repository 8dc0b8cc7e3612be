package dev.remap.jobs.catalogue.file;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A path as a user gives it to a command. */
public final class GivenPath {
  /** Hadoop takes what stands before the colon for a scheme, and then knows no such path. */
  private static final Pattern COLON_IN_FIRST_STEP = Pattern.compile("(?s)[^/:]*:([^/].*)?");

  private GivenPath() {}

  /** A given path as Hadoop takes it: a local file that has a colon in its name is that file. */
  public static String of(String given) {
    return of(given, Path.of(""));
  }

  /**
   * A given path as Hadoop takes it, seen from a folder.
   *
   * @param here where relative paths start
   */
  static String of(String given, Path here) {
    if (!COLON_IN_FIRST_STEP.matcher(given).matches()) {
      return given;
    }
    try {
      Path local = here.resolve(given).toAbsolutePath();
      return Files.exists(local) ? "file:" + local : given;
    } catch (InvalidPathException e) {
      return given;
    }
  }
}
