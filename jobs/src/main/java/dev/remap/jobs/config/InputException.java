package dev.remap.jobs.config;

import dev.remap.jobs.store.Plain;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/**
 * Usage or input that no retry can mend: one sentence for the user, and exit status 2. Secrets in
 * the URIs that it repeats are left out, and what would steer a terminal is escaped.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InputException(String format, Object... values) {
    super(Credentials.blanked(Plain.format(format, values)));
  }

  /** The innermost cause in one line, for failures of libraries that wrap it in several others. */
  public static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (cause instanceof AccessDeniedException) {
      return "it may not be read";
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }
}
