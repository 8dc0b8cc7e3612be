package dev.remap.jobs.catalogue.tar;

import java.io.IOException;
import java.util.Locale;

/** An archive that is damaged, or has what is not read here. */
final class TarException extends IOException {
  private static final long serialVersionUID = 1;

  TarException(String format, Object... values) {
    super(String.format(Locale.ROOT, format, values));
  }
}
