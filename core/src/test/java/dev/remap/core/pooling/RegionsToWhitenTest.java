package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;
import dev.remap.core.whitening.Moments;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionsToWhitenTest {
  private static final int CHANNELS = 5;
  private static final int WIDTH = 8;
  private static final int HEIGHT = 6;

  private static FeatureMap map(long seed) {
    Random random = new Random(seed);
    float[] values = new float[CHANNELS * WIDTH * HEIGHT];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, (float) random.nextGaussian());
    }
    return new FeatureMap(1, CHANNELS, HEIGHT, WIDTH, FloatBuffer.wrap(values));
  }

  private static double[][] naive(FeatureMap map, RegionGrid grid) {
    double[][] rows = new double[grid.size()][CHANNELS];
    for (int i = 0; i < grid.size(); i++) {
      Region region = grid.regions().get(i);
      for (int c = 0; c < CHANNELS; c++) {
        double most = Double.NEGATIVE_INFINITY;
        for (int y = region.y(); y < region.y() + region.size(); y++) {
          for (int x = region.x(); x < region.x() + region.size(); x++) {
            most = Math.max(most, map.values().get((c * HEIGHT + y) * WIDTH + x));
          }
        }
        rows[grid.canonical(i)][c] = most;
      }
    }
    return rows;
  }

  private static float[] regions(RegionsToWhiten shape, FeatureMap map) {
    Aggregator aggregator = shape.on(List.of(new Tap("last", CHANNELS, 32)));
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(List.of(map), 0, out);
    return out;
  }

  @Test
  void regionsOfDirHaveLengthOneAndThoseOfAttentionAreMaximaAsTheyAre() {
    RegionGrid grid = RegionGrid.of(WIDTH, HEIGHT, 2);
    FeatureMap map = map(81);
    float[] unit = regions(new RegionsToWhiten("dir", 2, grid.size()), map);
    float[] raw = regions(new RegionsToWhiten("regional-attention", 2, grid.size()), map);
    double[][] expected = naive(map, grid);
    for (int r = 0; r < grid.size(); r++) {
      double squares = 0;
      for (double value : expected[r]) {
        squares += value * value;
      }
      for (int c = 0; c < CHANNELS; c++) {
        assertThat((double) raw[r * CHANNELS + c]).isEqualTo(expected[r][c]);
        assertThat((double) unit[r * CHANNELS + c])
            .isCloseTo(expected[r][c] / Math.sqrt(squares), within(1e-6));
      }
    }
  }

  @Test
  void regionsWithoutActivationAreNotSummed() {
    RegionGrid grid = RegionGrid.of(WIDTH, HEIGHT, 2);
    RegionsToWhiten shape = new RegionsToWhiten("dir", 2, grid.size());
    Moments moments = Moments.full(CHANNELS);
    shape.addTo(moments, new float[grid.size() * CHANNELS]);
    shape.addTo(moments, regions(shape, map(82)));
    assertThat(moments.count()).isEqualTo(grid.size());
  }

  @Test
  void aMapWithAnotherNumberOfRegionsIsRefused() {
    RegionsToWhiten shape = new RegionsToWhiten("dir", 2, 7);
    assertThatThrownBy(() -> regions(shape, map(83)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a map of 8x6 has 8 regions at 2 levels, not 7");
    assertThatThrownBy(() -> new RegionsToWhiten("gem", 2, 7))
        .hasMessageContaining("dir or regional-attention");
  }
}
