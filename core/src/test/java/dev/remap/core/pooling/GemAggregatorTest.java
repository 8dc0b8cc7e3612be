package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GemAggregatorTest {
  private static final long SEED = 13;

  @ParameterizedTest(name = "p = {0}")
  @ValueSource(doubles = {1, 2.818, 3, 10})
  void vectorIsTheGeneralisedMeanOfTheFirstMapWithLengthOne(double p) {
    List<FeatureMap> maps =
        List.of(Maps.random(SEED, 2, 7, 10, 8), Maps.random(SEED + 1, 2, 3, 10, 8));
    GemAggregator aggregator = new GemAggregator(7, p);
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(maps, 1, out);
    double[] expected = naive(maps.get(0), p);
    for (int c = 0; c < 7; c++) {
      assertThat((double) out[c])
          .as("seed %d, p %s, channel %d", SEED, p, c)
          .isCloseTo(expected[c], within(1e-6));
    }
  }

  /** Image 1, literally by the formula. */
  private static double[] naive(FeatureMap map, double p) {
    double[] pooled = new double[map.channels()];
    double squares = 0;
    for (int c = 0; c < pooled.length; c++) {
      for (int y = 0; y < map.height(); y++) {
        for (int x = 0; x < map.width(); x++) {
          pooled[c] += Math.pow(Math.max(Maps.at(map, 1, c, x, y), 1e-6), p) / map.area();
        }
      }
      pooled[c] = Math.pow(pooled[c], 1 / p);
      squares += pooled[c] * pooled[c];
    }
    for (int c = 0; c < pooled.length; c++) {
      pooled[c] /= Math.sqrt(squares) + 1e-6;
    }
    return pooled;
  }

  @Test
  void exponentThreeIsNoSpecialCaseToTheEye() {
    List<FeatureMap> maps = List.of(Maps.random(SEED, 1, 7, 10, 8));
    float[] three = new float[7];
    float[] almost = new float[7];
    new GemAggregator(7, 3).aggregate(maps, 0, three);
    new GemAggregator(7, Math.nextUp(3.0)).aggregate(maps, 0, almost);
    for (int c = 0; c < 7; c++) {
      assertThat(three[c]).as("seed %d", SEED).isCloseTo(almost[c], within(1e-7f));
    }
  }

  @Test
  void badParametersAndSizesAreRefused() {
    for (double p : new double[] {0, 0.99, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new GemAggregator(7, p)).hasMessageContaining("p = " + p);
    }
    assertThatThrownBy(() -> new GemAggregator(0, 3)).hasMessageContaining("0 channels");
    List<FeatureMap> maps = List.of(Maps.random(SEED, 1, 6, 4, 3));
    assertThatThrownBy(() -> new GemAggregator(7, 3).aggregate(maps, 0, new float[7]))
        .hasMessageContaining("first map is 6")
        .hasMessageContaining("made for 7");
    assertThatThrownBy(() -> new GemAggregator(6, 3).aggregate(maps, 0, new float[7]))
        .hasMessageContaining("output is 7");
  }
}
