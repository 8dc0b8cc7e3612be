package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.natives.NativeFile;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionPoolingTest {
  /** More than are swept together, and some left over. */
  private static final int CHANNELS = 37;

  private static final float INFINITE = Float.POSITIVE_INFINITY;

  @ParameterizedTest(name = "map {0}x{1}, {2} levels")
  @CsvSource({
    "32, 24, 4",
    "24, 32, 4",
    "40, 30, 5",
    "16, 16, 4",
    "10, 8, 4",
    "32, 11, 4",
    "7, 5, 4",
    "1, 1, 4",
    "9, 2, 3",
    "2, 9, 6"
  })
  void maximaAreThoseOfATripleLoop(int width, int height, int levels) {
    long seed = 31L * width + height;
    FeatureMap map = Maps.random(seed, 2, CHANNELS, width, height);
    RegionGrid grid = RegionGrid.of(width, height, levels);
    float[][] maxima = new RegionPooling(grid).rows(map, 1);
    assertThat(maxima).hasDimensions(grid.size(), CHANNELS);
    assertThat(new RegionPooling(grid).rows(Maps.direct(map), 1)).isDeepEqualTo(maxima);
    for (int i = 0; i < grid.size(); i++) {
      for (int c = 0; c < CHANNELS; c++) {
        assertThat(maxima[grid.canonical(i)][c])
            .as("seed %d, channel %d, %s", seed, c, grid.regions().get(i))
            .isEqualTo(maximum(map, 1, c, grid.regions().get(i)));
      }
    }
  }

  private static float maximum(FeatureMap map, int image, int channel, Region region) {
    float maximum = Float.NEGATIVE_INFINITY;
    for (int y = region.y(); y < region.y() + region.size(); y++) {
      for (int x = region.x(); x < region.x() + region.size(); x++) {
        maximum = Math.max(maximum, Maps.at(map, image, channel, x, y));
      }
    }
    return maximum;
  }

  @Test
  void negativeMapsArePooledToo() {
    FeatureMap map = new FeatureMap(1, 1, 2, 2, FloatBuffer.wrap(new float[] {-3, -2, -5, -4}));
    RegionPooling pooling = new RegionPooling(RegionGrid.of(2, 2, 2));
    assertThat(pooling.maxima(map, 0)).containsExactly(-2, -3, -5, -2, -4);
  }

  /** Compares bits: of zeros the sign, of what is not a number that it is none. */
  @ParameterizedTest(name = "{0} channels of {1}x{2}")
  @CsvSource({"1, 7, 5", "15, 1, 1", "16, 1, 6", "17, 6, 1", "37, 7, 5", "48, 16, 12", "5, 13, 33"})
  void nativeCodeTakesTheMaximaThatJavaTakes(int channels, int width, int height) {
    float[] all = {
      0, 1, -1, 1e-40f, -1e-40f, INFINITE, -INFINITE, Float.NaN, Float.intBitsToFloat(0xffc00000)
    };
    Random random = new Random(6);
    for (int share = 1; share < 60; share *= 3) {
      FeatureMap map = Maps.random(random.nextLong(), 2, channels, width, height);
      for (int i = 0; i < map.values().limit(); i++) {
        boolean isOdd = random.nextInt(share) == 0;
        map.values().put(i, isOdd ? all[random.nextInt(all.length)] : -0f);
      }
      RegionPooling pooling = new RegionPooling(RegionGrid.of(width, height, 4));
      assertThat(bits(pooling.maxima(Maps.direct(map), 1))).isEqualTo(bits(pooling.maxima(map, 1)));
    }
  }

  /** With all signs, sizes and what is not a number; some regions without activation. */
  @ParameterizedTest(name = "{0} channels of {1}x{2}, {3} levels")
  @CsvSource({"1, 7, 5, 4", "17, 1, 1, 1", "640, 7, 5, 4", "37, 16, 12, 2", "5, 13, 33, 6"})
  void nativeCodeSumsAsJavaDoes(int channels, int width, int height, int levels) {
    float[] odd = {1e-40f, 3e38f, -3e38f, INFINITE, Float.NaN};
    Random random = new Random(7);
    for (int share : new int[] {0, 400, 2}) {
      FeatureMap map = Maps.random(random.nextLong(), 2, channels, width, height);
      for (int i = 0; i < map.values().limit() && share > 0; i++) {
        map.values().put(i, random.nextInt(share) == 0 ? odd[random.nextInt(odd.length)] : 0);
      }
      RegionPooling pooling = new RegionPooling(RegionGrid.of(width, height, levels));
      float[] weights = new float[pooling.regions()];
      for (int r = 0; r < weights.length; r++) {
        weights[r] = random.nextFloat(8);
      }
      assertThat(bits(weightedSum(pooling, Maps.direct(map), weights)))
          .isEqualTo(bits(weightedSum(pooling, map, weights)));
    }
  }

  /** In an output that has room for others' sums, which stay. */
  private static float[] weightedSum(RegionPooling pooling, FeatureMap map, float[] weights) {
    float[] out = new float[map.channels() + 5];
    Arrays.fill(out, -7);
    pooling.weightedSum(map, 1, weights, out, 3);
    assertThat(out).startsWith(-7, -7, -7).endsWith(-7, -7);
    return out;
  }

  @Test
  void nativeCodeIsTakenWhereItRuns() {
    FeatureMap map = Maps.random(3, 1, 2, 1, 1);
    int[] oneRegion = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
    float[] maxima = new float[2];
    assertThat(RegionMaxima.find(Maps.direct(map), 0, oneRegion, maxima))
        .isEqualTo(NativeFile.isLinuxOnX86());
    assertThat(RegionMaxima.find(map, 0, oneRegion, maxima)).isFalse();
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToIntBits(values[i])).toArray();
  }

  @Test
  void vectorsHaveLengthOneAndTheDirectionOfTheMaxima() {
    long seed = 5;
    FeatureMap map = Maps.random(seed, 1, 16, 12, 9);
    RegionPooling pooling = new RegionPooling(RegionGrid.of(12, 9, 4));
    float[] maxima = pooling.maxima(map, 0);
    float[][] vectors = pooling.vectors(map, 0);
    for (int r = 0; r < pooling.regions(); r++) {
      double squares = 0;
      double dot = 0;
      double norm = 0;
      for (int c = 0; c < 16; c++) {
        float raw = maxima[r * 16 + c];
        squares += vectors[r][c] * vectors[r][c];
        dot += vectors[r][c] * raw;
        norm += raw * raw;
      }
      assertThat(squares).as("seed %d, region %d", seed, r).isCloseTo(1, within(1e-6));
      assertThat(dot).isCloseTo(Math.sqrt(norm), within(1e-5));
    }
  }

  @Test
  void regionWithoutActivationStaysZero() {
    FeatureMap map = new FeatureMap(1, 3, 3, 4, FloatBuffer.allocate(36));
    for (float[] vector : new RegionPooling(RegionGrid.of(4, 3, 2)).vectors(map, 0)) {
      assertThat(vector).containsOnly(0);
    }
  }

  @Test
  void mapOfAnotherSizeIsRefused() {
    RegionPooling pooling = new RegionPooling(RegionGrid.of(4, 3, 2));
    assertThatThrownBy(() -> pooling.vectors(Maps.random(1, 1, 2, 3, 4), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("width of the map is 3")
        .hasMessageContaining("made for 4");
  }
}
