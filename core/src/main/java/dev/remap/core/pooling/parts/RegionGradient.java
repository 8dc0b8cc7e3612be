package dev.remap.core.pooling.parts;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.pooling.RegionMeans;
import dev.remap.core.pooling.RegionPooling;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;

/**
 * What {@link RegionPooling} and {@link RegionMeans} are to a map, backwards.
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
  float[] ofVectors(float[] byVectors, int from) {
    float[] values = values();
    float[] byMap = new float[values.length];
    RegionGrid grid = grid();
    int[] largest = new int[map.channels()];
    for (int i = 0; i < grid.size(); i++) {
      findLargest(values, grid.regions().get(i), largest);
      addOfVector(values, largest, byVectors, from + grid.canonical(i) * map.channels(), byMap);
    }
    return byMap;
  }

  /**
   * The gradient by the map's values of the image.
   *
   * @param by the gradient by the maxima of regions, then by their means, then by those of the map
   */
  float[] ofStatistics(float[] by) {
    float[] values = values();
    float[] byMap = new float[values.length];
    RegionGrid grid = grid();
    int channels = map.channels();
    int[] largest = new int[channels];
    for (int i = 0; i < grid.size(); i++) {
      Region region = grid.regions().get(i);
      findLargest(values, region, largest);
      for (int c = 0; c < channels; c++) {
        byMap[largest[c]] += by[grid.canonical(i) * channels + c];
      }
      addOfMeans(
          region.x(),
          region.y(),
          region.size(),
          region.size(),
          by,
          (grid.size() + grid.canonical(i)) * channels,
          byMap);
    }
    addOfMeans(0, 0, map.width(), map.height(), by, 2 * grid.size() * channels, byMap);
    return byMap;
  }

  private float[] values() {
    float[] values = new float[map.channels() * map.area()];
    map.values().get(map.offset(image), values);
    return values;
  }

  private RegionGrid grid() {
    return RegionGrid.of(map.width(), map.height(), levels);
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
  private static void addOfVector(
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

  private void addOfMeans(
      int left, int top, int width, int height, float[] by, int from, float[] byMap) {
    for (int c = 0; c < map.channels(); c++) {
      float each = by[from + c] / (width * height);
      for (int y = top; y < top + height; y++) {
        int row = c * map.area() + y * map.width();
        for (int x = left; x < left + width; x++) {
          byMap[row + x] += each;
        }
      }
    }
  }
}
