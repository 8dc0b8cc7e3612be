package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;

/**
 * Means over the cells of regions and of the whole map, channel by channel.
 *
 * @param ofRegions in canonical order ({@link RegionGrid#canonical})
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
public record RegionMeans(double[][] ofRegions, double[] ofMap) {
  /** Those of one image of a batch. */
  public static RegionMeans of(FeatureMap map, int image, int levels) {
    RegionGrid grid = RegionGrid.of(map.width(), map.height(), levels);
    double[][] ofRegions = new double[grid.size()][map.channels()];
    double[] ofMap = new double[map.channels()];
    float[] cells = new float[map.area()];
    for (int c = 0; c < map.channels(); c++) {
      map.channel(image, c, cells);
      ofMap[c] = mean(cells, map.width(), 0, 0, map.width(), map.height());
      for (int i = 0; i < grid.size(); i++) {
        Region region = grid.regions().get(i);
        ofRegions[grid.canonical(i)][c] =
            mean(cells, map.width(), region.x(), region.y(), region.size(), region.size());
      }
    }
    return new RegionMeans(ofRegions, ofMap);
  }

  private static double mean(float[] cells, int stride, int x, int y, int width, int height) {
    double sum = 0;
    for (int row = y; row < y + height; row++) {
      for (int cell = row * stride + x; cell < row * stride + x + width; cell++) {
        sum += cells[cell];
      }
    }
    return sum / (width * height);
  }
}
