package dev.remap.jobs.night;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Makes a failing sequence as short as dropping parts of it can, by delta debugging. */
final class Shrinking {
  private Shrinking() {}

  /**
   * Drops halves, quarters and so on down to single elements, until each that is left is needed.
   *
   * @param failing fails
   * @param fails whether a shorter one does too
   * @param mayGoOn asked before every try; the shortest so far is returned once it says no
   */
  static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails, BooleanSupplier mayGoOn) {
    List<T> shortest = failing;
    int size = Math.max(1, failing.size() / 2);
    while (size > 0) {
      boolean dropped = false;
      int from = 0;
      while (from < shortest.size()) {
        if (!mayGoOn.getAsBoolean()) {
          return shortest;
        }
        List<T> shorter = new ArrayList<>(shortest.subList(0, from));
        shorter.addAll(shortest.subList(Math.min(from + size, shortest.size()), shortest.size()));
        if (fails.test(shorter)) {
          shortest = shorter;
          dropped = true;
        } else {
          from += size;
        }
      }
      // What could not go before may go by now.
      size = dropped ? Math.min(size, Math.max(1, shortest.size() / 2)) : size / 2;
      if (shortest.isEmpty()) {
        return shortest;
      }
    }
    return shortest;
  }
}
