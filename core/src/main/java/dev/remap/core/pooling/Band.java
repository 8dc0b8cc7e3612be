package dev.remap.core.pooling;

import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;
import java.util.List;

/**
 * The regions of a grid whose sides s have one window length p = 2^⌊log₂ s⌋, and where their
 * windows start. Their distinct vertical positions make the rows of a strip.
 *
 * @param window p
 * @param upper per row of the strip: where in the map the upper window starts
 * @param lower per row of the strip: where in the map the lower window starts
 * @param left per region: where in the strip the left window starts
 * @param right per region: where in the strip the right window starts
 * @param regions per region: its canonical index
 */
@SuppressWarnings("ArrayRecordComponent") // Read in the innermost loops, never compared.
record Band(int window, int[] upper, int[] lower, int[] left, int[] right, int[] regions) {
  /** A row of the strip: the vertical extent that regions share. */
  private record Extent(int y, int size) {
    static Extent of(Region region) {
      return new Extent(region.y(), region.size());
    }
  }

  /** The band of the regions with these indices, whose sides have the same window length. */
  static Band of(RegionGrid grid, List<Integer> indices) {
    int width = grid.mapWidth();
    List<Region> regions = indices.stream().map(grid.regions()::get).toList();
    int window = Integer.highestOneBit(regions.get(0).size());
    List<Extent> rows = regions.stream().map(Extent::of).distinct().toList();
    int[] left =
        regions.stream().mapToInt(r -> rows.indexOf(Extent.of(r)) * width + r.x()).toArray();
    int[] right = new int[left.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = left[i] + regions.get(i).size() - window;
    }
    return new Band(
        window,
        rows.stream().mapToInt(row -> row.y() * width).toArray(),
        rows.stream().mapToInt(row -> (row.y() + row.size() - window) * width).toArray(),
        left,
        right,
        indices.stream().mapToInt(grid::canonical).toArray());
  }

  int rows() {
    return upper.length;
  }
}
