package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.RegionGrid;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The poolings of maps of any size on grids of one number of levels, each prepared once. */
public final class RegionPoolings {
  /** Of the setting; an extractor's JSON may have as many as a grid takes. */
  static final int MOST_LEVELS_SET = 10;

  private final int levels;
  private final Map<MapSize, RegionPooling> bySize = new ConcurrentHashMap<>();

  private record MapSize(int width, int height) {}

  /** Of so many levels. */
  public RegionPoolings(int levels) {
    this.levels = levels;
  }

  /** That of maps of its size. */
  public RegionPooling of(FeatureMap map) {
    return bySize.computeIfAbsent(
        new MapSize(map.width(), map.height()),
        size -> new RegionPooling(RegionGrid.of(size.width(), size.height(), levels)));
  }

  /**
   * @throws IllegalArgumentException naming the aggregator and the number
   */
  static void requireLevels(String aggregator, int levels) {
    if (levels < 1 || levels > RegionGrid.MOST_LEVELS) {
      throw new IllegalArgumentException(
          "%s has %d levels of regions: it must have from 1 to %d"
              .formatted(aggregator, levels, RegionGrid.MOST_LEVELS));
    }
  }
}
