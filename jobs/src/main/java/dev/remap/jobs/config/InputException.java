package dev.remap.jobs.config;

import java.util.Locale;

/** Usage or input that no retry can mend: one sentence for the user, and exit status 2. */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InputException(String format, Object... values) {
    super(String.format(Locale.ROOT, format, values));
  }
}
