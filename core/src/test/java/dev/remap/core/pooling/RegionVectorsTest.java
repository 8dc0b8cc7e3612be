package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.parts.RegionVectors;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionVectorsTest {
  private static final List<Tap> TAPS = List.of(new Tap("last", 5, 32), new Tap("before", 3, 32));

  private static List<FeatureMap> maps() {
    return List.of(Maps.random(1, 2, 5, 8, 6), Maps.random(2, 2, 3, 8, 6));
  }

  private static float[] vectors(List<FeatureMap> maps, int image) {
    Aggregator aggregator = new RegionVectors(4, 40).on(TAPS);
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(maps, image, out);
    return out;
  }

  @Test
  void theWeightedSumOfTheRegionVectorsIsTheRemapDescriptor() {
    float[] vectors = vectors(maps(), 1);
    RegionWeights published = RegionWeights.published(2);
    float[] remap = new float[8];
    new RemapAggregator(TAPS, published).aggregate(maps(), 1, remap);

    assertThat(vectors).hasSize(40 * 8);
    for (int c = 0; c < 8; c++) {
      int tap = c < 5 ? 0 : 1;
      double sum = 0;
      for (int region = 0; region < 40; region++) {
        int at = tap == 0 ? region * 5 + c : 40 * 5 + region * 3 + c - 5;
        sum += published.perTap()[tap][region] * vectors[at];
      }
      assertThat(remap[c]).isCloseTo((float) sum, within(1e-4f));
    }
  }

  /** What a training describes images by is what an extractor with its weights does. */
  @Test
  void aHeadDescribesRegionVectorsAsTheAggregatorAndTheWhiteningDescribeMaps() {
    HeadShape shape = HeadShape.ofVectors(4, 40, List.of(5, 3));
    Moments moments = Moments.full(8);
    for (int seed = 0; seed < 40; seed++) {
      float[] sums = new float[8];
      List<FeatureMap> maps =
          List.of(Maps.random(seed, 1, 5, 8, 6), Maps.random(99 + seed, 1, 3, 8, 6));
      new RemapAggregator(TAPS, RegionWeights.published(2)).aggregate(maps, 0, sums);
      moments.add(sums);
    }
    Whitening whitening;
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      whitening = Whitening.fit(moments, WhiteningOptions.defaults().withDimension(6), solver);
    }
    Head head = Head.of(shape, RegionWeights.published(2)).projected(whitening);
    float[] remap = new float[8];
    new RemapAggregator(TAPS, head.weights()).aggregate(maps(), 1, remap);
    float[] vector = head.whitening().orElseThrow().project(remap);

    float[] described = head.describe(vectors(maps(), 1));

    double cosine = 0;
    for (int i = 0; i < vector.length; i++) {
      cosine += (double) vector[i] * described[i];
    }
    assertThat(cosine).isGreaterThan(0.99999);
    assertThat(head.raw(vectors(maps(), 1))).containsExactly(remap, within(1e-4f));
  }

  @Test
  void aMapAndItsTransposeHaveTheSameVectors() {
    List<FeatureMap> portrait = maps().stream().map(Maps::transposed).toList();
    assertThat(vectors(portrait, 0)).containsExactly(vectors(maps(), 0));
  }

  @Test
  void tapsOfOtherShapesAreRefused() {
    List<FeatureMap> maps = List.of(Maps.random(1, 1, 5, 8, 6), Maps.random(2, 1, 3, 6, 6));
    assertThatThrownBy(() -> vectors(maps, 0))
        .hasMessageContaining("a map of 6x6 has 30 regions at 4 levels")
        .hasMessageContaining("40");
  }
}
