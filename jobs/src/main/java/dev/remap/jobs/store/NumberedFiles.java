package dev.remap.jobs.store;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A folder of files numbered 1, 2, 3, … without gaps, each created at most once: an append-only log
 * that many may write to.
 */
public record NumberedFiles(Store store, String folder) {
  private static final String NAME = "[0-9]{8}\\.json";

  public String path(int number) {
    return String.format(Locale.ROOT, "%s/%08d.json", folder, number);
  }

  public String where(int number) {
    return store.locate(path(number));
  }

  /** The numbers there are, gaps and all. */
  public Set<Integer> listed() {
    return store.list(folder).stream()
        .filter(name -> name.matches(NAME))
        .map(name -> Integer.valueOf(name.substring(0, 8)))
        .collect(Collectors.toSet());
  }

  /** The highest number there is, 0 if none; refuses a log with a gap. */
  public int highest() {
    Set<Integer> listed = listed();
    int highest = listed.stream().mapToInt(number -> number).max().orElse(0);
    for (int number = 1; number < highest; number++) {
      // A listing made while others append may have an entry and lack the one before it.
      if (!listed.contains(number) && !store.exists(path(number))) {
        throw StoreException.damaged(where(number), "it is missing, and later ones are there");
      }
    }
    return highest;
  }

  public byte[] read(int number, int maxBytes) {
    return store.read(path(number), maxBytes);
  }

  /** True if this call created it; false if that number is taken. */
  public boolean create(int number, byte[] bytes) {
    return store.create(path(number), bytes);
  }
}
