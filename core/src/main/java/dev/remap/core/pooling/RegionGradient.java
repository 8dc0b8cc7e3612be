package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;

/**
 * What {@link RegionPooling#vectors} is to a map, backwards.
 *
 * @param image of the map's batch
 */
record RegionGradient(FeatureMap map, int image, int levels) {
  /**
   * The gradient by the map's values of the image.
   *
   * @param byVectors the gradient by the region vectors, of canonical region r and channel c at
   *     {@code from} + r · channels + c
   */
  float[] byMap(float[] byVectors, int from) {
    float[] values = new float[map.channels() * map.area()];
    map.values().get(map.offset(image), values);
    float[] byMap = new float[values.length];
    RegionGrid grid = RegionGrid.of(map.width(), map.height(), levels);
    int[] largest = new int[map.channels()];
    for (int i = 0; i < grid.size(); i++) {
      findLargest(values, grid.regions().get(i), largest);
      add(values, largest, byVectors, from + grid.canonical(i) * map.channels(), byMap);
    }
    return byMap;
  }

  private void findLargest(float[] values, Region region, int[] largest) {
    for (int c = 0; c < largest.length; c++) {
      int channel = c * map.area();
      int best = channel + region.y() * map.width() + region.x();
      for (int y = region.y(); y < region.y() + region.size(); y++) {
        int row = channel + y * map.width();
        for (int x = region.x(); x < region.x() + region.size(); x++) {
          best = values[row + x] > values[best] ? row + x : best;
        }
      }
      largest[c] = best;
    }
  }

  /** v = m/‖m‖, so ∂/∂m = (∂/∂v − v⟨v, ∂/∂v⟩)/‖m‖. */
  private static void add(
      float[] values, int[] largest, float[] byVectors, int from, float[] byMap) {
    double squares = 0;
    double along = 0;
    for (int c = 0; c < largest.length; c++) {
      double value = values[largest[c]];
      squares += value * value;
      along += value * byVectors[from + c];
    }
    if (squares == 0) {
      return; // Zeros have no direction.
    }
    double norm = Math.sqrt(squares);
    for (int c = 0; c < largest.length; c++) {
      double by = (byVectors[from + c] - values[largest[c]] * along / squares) / norm;
      byMap[largest[c]] += (float) by;
    }
  }
}
