package dev.remap.core.backbone;

import java.util.List;

/**
 * Some of the taps that an extractor has: where it has several networks, those of one of them.
 *
 * @param first from 0
 * @param count at least 1
 */
public record TapRange(int first, int count) {
  private static final int MOST = 1 << 10;

  public TapRange {
    if (first < 0 || count < 1 || first > MOST || count > MOST) {
      throw new IllegalArgumentException(
          "a part looks at %d taps from number %d on: needs one or more, at most %d, from 0"
              .formatted(count, first, MOST));
    }
  }

  /** Whether it has that tap. */
  public boolean has(int tap) {
    return tap >= first && tap < first + count;
  }

  /**
   * Those of all, which are taps or their maps.
   *
   * @throws IllegalArgumentException if there are not so many
   */
  public <T> List<T> of(List<T> all) {
    if (first + count > all.size()) {
      throw new IllegalArgumentException(
          "a part looks at %d taps from number %d on, and there are %d"
              .formatted(count, first, all.size()));
    }
    return all.subList(first, first + count);
  }
}
