package dev.remap.jobs.store;

import java.util.List;
import java.util.Locale;

/** Folders whose names are numbers of eight digits, counted from 1: snapshots and generations. */
public final class NumberedFolders {
  private NumberedFolders() {}

  public static String name(int number) {
    return String.format(Locale.ROOT, "%08d", number);
  }

  /** The numbers below a folder, ascending. */
  public static List<Integer> in(Store store, String folder) {
    return store.list(folder).stream()
        .filter(name -> name.matches("\\d{8}"))
        .map(Integer::valueOf)
        .toList();
  }
}
