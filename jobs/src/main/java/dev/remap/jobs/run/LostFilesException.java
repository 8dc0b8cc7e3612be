package dev.remap.jobs.run;

import java.util.List;

/**
 * Work that could not be done because files of the store are missing or damaged, and only for that.
 */
public final class LostFilesException extends JobFailedException {
  private static final long serialVersionUID = 1;

  private final String[] files;

  public LostFilesException(List<String> files, String format, Object... values) {
    super(format, values);
    this.files = files.toArray(String[]::new);
  }

  /** Which files, in full. */
  public List<String> files() {
    return List.of(files);
  }
}
