package dev.remap.core.entropy;

import dev.remap.core.pooling.RegionWeights;
import java.util.ArrayList;
import java.util.List;

/**
 * How the regions of a grid lie beside each other, told from their number alone: at level l there
 * are l + k along the longer side and l along the shorter one.
 *
 * @param levels those that the grid has regions of, the largest regions first
 */
public record RegionLayout(List<Level> levels) {
  /** The k of the widest image, see {@link dev.remap.core.region.RegionGrid}. */
  private static final int MOST_EXTRA = 6;

  /**
   * One level.
   *
   * @param first canonical index of its first region; those along the shorter side follow each
   *     other
   * @param along regions along the longer side of the image
   * @param across regions along the shorter one
   */
  public record Level(int level, int first, int along, int across) {
    /** Canonical index of a region. */
    public int region(int alongIndex, int acrossIndex) {
      return first + alongIndex * across + acrossIndex;
    }
  }

  public RegionLayout {
    levels = List.copyOf(levels);
  }

  /**
   * The layout of the weights' grid.
   *
   * @throws IllegalArgumentException if no grid has that many regions
   */
  public static RegionLayout of(RegionWeights weights) {
    // Levels whose squares would have no cell are left out of a grid.
    for (int levels = weights.levels(); levels > 0; levels--) {
      int squares = levels * (levels + 1) * (2 * levels + 1) / 6;
      int each = levels * (levels + 1) / 2;
      int more = weights.regions() - squares;
      if (more >= 0 && more % each == 0 && more / each <= MOST_EXTRA) {
        return of(levels, more / each);
      }
    }
    throw new IllegalArgumentException(
        "No grid of up to %d levels has %d regions".formatted(weights.levels(), weights.regions()));
  }

  private static RegionLayout of(int levels, int more) {
    List<Level> all = new ArrayList<>();
    int first = 0;
    for (int level = 1; level <= levels; level++) {
      all.add(new Level(level, first, level + more, level));
      first += level * (level + more);
    }
    return new RegionLayout(all);
  }
}
