package dev.remap.jobs.cli.option;

import dev.remap.jobs.config.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A file of this machine that an option names. */
public final class LocalFile {
  private LocalFile() {}

  /**
   * That file.
   *
   * @throws InputException if it is a URI, standard output, or no path
   */
  public static Path of(String option, String given) {
    if (given.equals("-")) {
      throw new InputException(
          "%s is -: what is written is a file, so give its name (./- if that is its name)", option);
    }
    if (given.contains("://")) {
      throw new InputException("%s is %s: give a file of this machine", option, given);
    }
    try {
      return Path.of(given);
    } catch (InvalidPathException e) {
      throw new InputException("%s is %s: %s", option, given, e.getMessage());
    }
  }
}
