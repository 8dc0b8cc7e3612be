package dev.remap.jobs.catalogue.file;

import java.io.IOException;

/** An image is there, and not as it was listed: the catalogue has changed since. */
public final class StaleListingException extends IOException {
  private static final long serialVersionUID = 1;

  public StaleListingException(String message) {
    super(message);
  }
}
