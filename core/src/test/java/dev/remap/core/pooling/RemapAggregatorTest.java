package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RemapAggregatorTest {
  private static final long SEED = 77;
  private static final List<Tap> TAPS = List.of(new Tap("last", 6, 32), new Tap("before", 4, 32));

  private final RegionWeights weights = randomWeights(2, 40);
  private final RemapAggregator aggregator = new RemapAggregator(TAPS, weights);

  private static RegionWeights randomWeights(int taps, int regions) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[][] perTap = new float[taps][regions];
    for (float[] row : perTap) {
      for (int r = 0; r < regions; r++) {
        row[r] = (float) random.nextDouble(8);
      }
    }
    return new RegionWeights(1, 4, perTap);
  }

  @Test
  void vectorIsTheWeightedSumOfNormalisedRegionMaximaTapByTap() {
    List<FeatureMap> maps =
        List.of(Maps.random(SEED, 3, 6, 12, 9), Maps.random(SEED + 1, 3, 4, 12, 9));
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(maps, 2, out);
    double[] expected = new double[10];
    bruteForce(maps.get(0), weights.perTap()[0], expected, 0);
    bruteForce(maps.get(1), weights.perTap()[1], expected, 6);
    for (int i = 0; i < 10; i++) {
      assertThat((double) out[i])
          .as("seed %d, component %d", SEED, i)
          .isCloseTo(expected[i], within(1e-6 * expected[i]));
    }
  }

  /** Image 2 of a landscape map, every region on its own. */
  private static void bruteForce(FeatureMap map, float[] weight, double[] sum, int offset) {
    RegionGrid grid = RegionGrid.of(map.width(), map.height(), 4);
    for (int i = 0; i < grid.size(); i++) {
      Region region = grid.regions().get(i);
      double[] pooled = new double[map.channels()];
      double squares = 0;
      for (int c = 0; c < pooled.length; c++) {
        for (int y = region.y(); y < region.y() + region.size(); y++) {
          for (int x = region.x(); x < region.x() + region.size(); x++) {
            pooled[c] = Math.max(pooled[c], Maps.at(map, 2, c, x, y));
          }
        }
        squares += pooled[c] * pooled[c];
      }
      for (int c = 0; c < pooled.length; c++) {
        sum[offset + c] += weight[grid.canonical(i)] * pooled[c] / Math.sqrt(squares);
      }
    }
  }

  @Test
  void transposedMapsGiveTheSameBits() {
    List<FeatureMap> landscape =
        List.of(Maps.random(SEED, 1, 6, 12, 9), Maps.random(SEED + 1, 1, 4, 12, 9));
    List<FeatureMap> portrait = landscape.stream().map(Maps::transposed).toList();
    float[] a = new float[10];
    float[] b = new float[10];
    aggregator.aggregate(landscape, 0, a);
    aggregator.aggregate(portrait, 0, b);
    assertThat(b).as("seed %d", SEED).isEqualTo(a);
  }

  @Test
  void directBuffersGiveTheSameBitsAsArrays() {
    FeatureMap onHeap = Maps.random(SEED, 2, 6, 12, 9);
    FloatBuffer direct =
        ByteBuffer.allocateDirect(4 * onHeap.values().limit())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    direct.put(0, onHeap.values(), 0, onHeap.values().limit());
    RemapAggregator one = new RemapAggregator(TAPS.subList(0, 1), randomWeights(1, 40));
    float[] a = new float[6];
    float[] b = new float[6];
    one.aggregate(List.of(onHeap), 1, a);
    one.aggregate(List.of(new FeatureMap(2, 6, 9, 12, direct)), 1, b);
    assertThat(b).as("seed %d", SEED).isEqualTo(a);
  }

  @Test
  void weightsOfOneLevelScaleThatTapOnly() {
    RemapAggregator ones = new RemapAggregator(TAPS, RegionWeights.ones(2, 4));
    float[][] doubled = RegionWeights.ones(2, 4).perTap();
    Arrays.fill(doubled[1], 2);
    RemapAggregator twice = new RemapAggregator(TAPS, new RegionWeights(1, 4, doubled));
    List<FeatureMap> maps =
        List.of(Maps.random(SEED, 1, 6, 12, 9), Maps.random(SEED + 1, 1, 4, 12, 9));
    float[] a = new float[10];
    float[] b = new float[10];
    ones.aggregate(maps, 0, a);
    twice.aggregate(maps, 0, b);
    for (int i = 0; i < 10; i++) {
      assertThat(b[i]).isEqualTo(i < 6 ? a[i] : 2 * a[i]);
    }
  }

  @Test
  void emptyMapGivesTheZeroVector() {
    float[] out = {1, 1, 1, 1, 1, 1};
    new RemapAggregator(TAPS.subList(0, 1), RegionWeights.ones(1, 4))
        .aggregate(List.of(new FeatureMap(1, 6, 9, 12, FloatBuffer.allocate(648))), 0, out);
    assertThat(out).containsOnly(0);
  }

  @Test
  void notANumberIsNotHidden() {
    float[] values = new float[648];
    values[100] = Float.NaN;
    float[] out = new float[6];
    new RemapAggregator(TAPS.subList(0, 1), RegionWeights.ones(1, 4))
        .aggregate(List.of(new FeatureMap(1, 6, 9, 12, FloatBuffer.wrap(values))), 0, out);
    assertThat(out).containsOnly(Float.NaN);
  }

  @Test
  void shapeWithAnotherNumberOfRegionsIsRefused() {
    List<FeatureMap> square = List.of(Maps.random(1, 1, 6, 8, 8), Maps.random(1, 1, 4, 8, 8));
    assertThatThrownBy(() -> aggregator.aggregate(square, 0, new float[10]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8x8 has 30 regions")
        .hasMessageContaining("weights for 40");
  }

  @Test
  void wrongNumbersOfTapsChannelsOrValuesAreRefused() {
    FeatureMap last = Maps.random(1, 1, 6, 12, 9);
    assertThatThrownBy(() -> new RemapAggregator(TAPS, RegionWeights.ones(1, 4)))
        .hasMessageContaining("2 taps")
        .hasMessageContaining("are for 1");
    assertThatThrownBy(() -> aggregator.aggregate(List.of(last), 0, new float[10]))
        .hasMessageContaining("number of maps is 1");
    assertThatThrownBy(() -> aggregator.aggregate(List.of(last, last), 0, new float[10]))
        .hasMessageContaining("channels of map 1 is 6")
        .hasMessageContaining("made for 4");
    assertThatThrownBy(() -> aggregator.aggregate(List.of(last, last), 0, new float[9]))
        .hasMessageContaining("length of the output is 9");
  }
}
