package dev.remap.jobs.store;

import java.io.FileNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * How often a storage is asked before it is believed that something is not there. Servers of object
 * stores, and what stands before them, sometimes say so of what is.
 *
 * @param pauses before each further look, in milliseconds
 */
record Doubt(List<Long> pauses) {
  /** What is said first counts. */
  static final Doubt NONE = new Doubt(List.of());

  static final Doubt SEVERAL_LOOKS = new Doubt(List.of(100L, 300L));

  private static final int MOST_READINGS = 10;

  Doubt {
    pauses = List.copyOf(pauses);
  }

  /** What one of several looks finds; nothing if none does. */
  @SafeVarargs
  final <T> Optional<T> absence(Supplier<Optional<T>>... looks) {
    Optional<T> found = looks[0].get();
    for (int i = 0; i < pauses.size() && found.isEmpty(); i++) {
      sleep(pauses.get(i));
      for (int look = 0; look < looks.length && found.isEmpty(); look++) {
        found = looks[look].get();
      }
    }
    return found;
  }

  /** Reads again what is said to be missing, as long as it is there. */
  <T> T reading(BooleanSupplier isThere, Supplier<T> read) {
    for (int readings = 1; ; readings++) {
      try {
        return read.get();
      } catch (StoreException e) {
        boolean missing = e.damage().isEmpty() && isMissing(e);
        if (pauses.isEmpty() || !missing || readings == MOST_READINGS || !isThere.getAsBoolean()) {
          throw e;
        }
      }
    }
  }

  private static boolean isMissing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileNotFoundException) {
        return true;
      }
    }
    return false;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("Interrupted while looking for a file once more", e);
    }
  }
}
