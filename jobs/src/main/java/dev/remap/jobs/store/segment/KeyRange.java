package dev.remap.jobs.store.segment;

import java.io.Serializable;

/**
 * Keys from one to another, both included.
 *
 * @param from the first key, not negative
 * @param to the last key, not below the first
 */
public record KeyRange(long from, long to) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Every key there can be. */
  public static final KeyRange ALL = new KeyRange(0, Long.MAX_VALUE);

  /** Throws {@link IllegalArgumentException} for a negative or an empty range. */
  public KeyRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "Keys " + from + " to " + to + " are no range: 0 <= from <= to is needed");
    }
  }

  public boolean contains(long key) {
    return from <= key && key <= to;
  }

  public boolean contains(KeyRange other) {
    return from <= other.from && other.to <= to;
  }

  public boolean overlaps(KeyRange other) {
    return from <= other.to && other.from <= to;
  }

  @Override
  public String toString() {
    return from + ".." + to;
  }
}
