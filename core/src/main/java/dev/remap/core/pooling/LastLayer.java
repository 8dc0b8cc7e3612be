package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import java.util.List;

/**
 * The activations of the last layer. What is infinite is read as NaN, since a maximum, a floor or a
 * threshold could hide it: NaN spreads to the descriptor, and such an image is rejected.
 */
public final class LastLayer {
  private LastLayer() {}

  /** The first map, which must have so many channels. */
  public static FeatureMap of(List<FeatureMap> maps, int channels) {
    FeatureMap map = maps.get(0);
    Sizes.check("channels of the first map", channels, map.channels());
    return map;
  }

  /** The H·W cells of one channel of one image. */
  public static void read(FeatureMap map, int image, int channel, float[] cells) {
    map.channel(image, channel, cells);
    for (int i = 0; i < cells.length; i++) {
      if (Float.isInfinite(cells[i])) {
        cells[i] = Float.NaN;
      }
    }
  }

  /** All of one image: per channel its H·W cells. */
  static float[][] rows(FeatureMap map, int image) {
    float[][] rows = new float[map.channels()][map.area()];
    for (int c = 0; c < rows.length; c++) {
      read(map, image, c, rows[c]);
    }
    return rows;
  }

  /** Per cell the sum over the channels. */
  static double[] sums(float[][] rows) {
    double[] sums = new double[rows[0].length];
    for (float[] row : rows) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += row[i];
      }
    }
    return sums;
  }

  /** Per channel the sum over the cells, each multiplied by its weight. */
  static double[] weighted(float[][] rows, double[] weights) {
    double[] sums = new double[rows.length];
    for (int c = 0; c < rows.length; c++) {
      for (int i = 0; i < weights.length; i++) {
        sums[c] += weights[i] * rows[c][i];
      }
    }
    return sums;
  }
}
