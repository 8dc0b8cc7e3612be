package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.DirAggregator.Dir;
import dev.remap.core.pooling.RegionalAttentionAggregator.RegionalAttention;
import dev.remap.core.region.RegionGrid;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that aggregations of regions are made with. */
class RegionFilesTest {
  private static final List<Tap> TWO_CHANNELS = List.of(new Tap("last", 2, 32));

  private final byte[] file = RegionPoolingFixture.read().whitening();

  @Test
  void aWhiteningOfNumpyIsOne() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/dev/remap/core/whitening/pca.npz")) {
      byte[] bytes = in.readAllBytes();
      RegionWhitening read = RegionWhitening.parse(bytes);

      assertThat(read.dimension()).isEqualTo(4);
      assertThat(read.text()).isEqualTo(RegionWhitening.of(Whitening.fromFile(bytes)).text());
    }
  }

  @Test
  void aWhiteningForOtherRegionsIsRefusedBeforeAnyPass() {
    RegionWhitening whitening = RegionWhitening.parse(file);
    String message =
        "extractor.region-whitening is for regions of 16 channels, and the tap 'last' has 2: fit"
            + " one on regions of this backbone";
    assertThatThrownBy(() -> new Dir(4, whitening).on(TWO_CHANNELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    AttentionWeights attention = AttentionWeights.parse(RegionPoolingFixture.ATTENTION);
    Aggregation both = new RegionalAttention(attention, Optional.of(whitening));
    assertThatThrownBy(() -> both.on(TWO_CHANNELS)).hasMessage(message);
    assertThatThrownBy(() -> both.on(List.of(new Tap("last", 16, 32))))
        .hasMessage(
            "extractor.attention-weights is for regions of 2 channels, and the tap 'last' has 16:"
                + " train them on this backbone");
  }

  @Test
  void aWhiteningAtHandAndItsFileAreTheSame() {
    assertThat(RegionWhitening.of(Whitening.fromBytes(file)))
        .isEqualTo(RegionWhitening.parse(file))
        .hasSameHashCodeAs(RegionWhitening.parse(file));
  }

  @Test
  void aDamagedWhiteningIsRefused() {
    file[500]++;
    assertThatThrownBy(() -> RegionWhitening.parse(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "extractor.region-whitening: this is no intact whitening file: its SHA-256");
  }

  /** On the mean that is subtracted, all regions without activation would add one direction. */
  @Test
  void regionsWithoutActivationAddNothing() {
    FeatureMap map = new FeatureMap(1, 16, 6, 8, FloatBuffer.allocate(16 * 48));
    for (int c = 0; c < 16; c++) {
      map.values().put(c * 48, 1 + c); // The upper left cell.
    }
    float[] region = new float[16];
    double norm = 0;
    for (int c = 0; c < 16; c++) {
      norm += (1 + c) * (1 + c);
    }
    for (int c = 0; c < 16; c++) {
      region[c] = (float) ((1 + c) / Math.sqrt(norm));
    }
    float[] expected = Whitening.fromBytes(file).project(region);
    Aggregator aggregator =
        new Dir(4, RegionWhitening.parse(file)).on(List.of(new Tap("last", 16, 32)));
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(List.of(map), 0, out);
    for (int i = 0; i < out.length; i++) {
      assertThat(out[i]).isCloseTo(expected[i], within(1e-6f));
    }
  }

  @Test
  void aWhiteningIsFittedOnTheRegionsThatHaveActivation() {
    Moments moments = Moments.full(4);
    for (int image = 0; image < 10; image++) {
      FeatureMap map = Maps.random(100 + image, 1, 4, 8, 6);
      for (int c = 0; c < 4; c++) {
        for (int y = 0; y < 6; y++) {
          for (int x = 0; x < 8; x++) {
            int cell = (c * 6 + y) * 8 + x;
            map.values().put(cell, x < 4 ? 0.1f + map.values().get(cell) : 0);
          }
        }
      }
      RegionPooling pooling = new RegionPooling(RegionGrid.of(8, 6, 4));
      RegionWhitening.addTo(moments, pooling.vectors(map, 0));
    }
    long alone =
        RegionGrid.of(8, 6, 4).regions().stream().filter(region -> region.x() >= 4).count();
    assertThat(alone).isPositive();
    assertThat(moments.count()).isEqualTo(10 * (40 - alone));
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      Whitening fitted = Whitening.fit(moments, new WhiteningOptions(3, 0.5, 1e-10, 0), solver);
      Aggregator dir = new Dir(4, RegionWhitening.of(fitted)).on(List.of(new Tap("last", 4, 32)));
      float[] out = new float[dir.dimension()];
      dir.aggregate(List.of(Maps.random(1, 1, 4, 9, 6)), 0, out);
      assertThat(out).hasSize(3).doesNotContain(0, Float.NaN);
    }
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"levels\":5 | \"levels\":0 | Attention weights: levels is 0, must be 1 to 32",
        "tanh | relu | activation is relu, must be one of [tanh, softplus]",
        "\"schema-version\":1 | \"schema-version\":2 | schema-version is 2, must be 1",
        "[0.25,0,1,1] | [0.25,0,1] | one hidden unit has 4, another 3",
        "[[1,2,-1,0.5],[0.25,0,1,1]] | [[1,2,3],[1,2,3]] | has 3 weights, must be two for each"
            + " channel",
        "[[1,2,-1,0.5],[0.25,0,1,1]] | [] | there is no hidden unit",
        "[0.5,-1] | [0.5] | there are 2 hidden units, but 1 of their biases and 2 weights",
        "[1,-2] | [1,1e39] | output.weights has the value Infinity",
        "\"bias\":0.1 | \"bias\":\"x\" | bias is \"x\", must be a number",
      })
  void attentionWeightsThatCannotBeAreRefused(String from, String to, String message) {
    assertThat(RegionPoolingFixture.ATTENTION).contains(from);
    assertThatThrownBy(
            () -> AttentionWeights.parse(RegionPoolingFixture.ATTENTION.replace(from, to)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aConcatenationOfConcatenationsOrOfNothingIsRefused() {
    Aggregation gem = new GemAggregator.Gem(3);
    ConcatAggregator.Concat inner =
        new ConcatAggregator.Concat(List.of(new ConcatAggregator.Part(1, gem)));
    assertThatThrownBy(() -> new ConcatAggregator.Part(1, inner))
        .hasMessageContaining("a part of the concatenation is a concatenation");
    assertThatThrownBy(() -> new ConcatAggregator.Concat(List.of()))
        .hasMessage("extractor.concat has 0 parts: it must have from 1 to 16");
    for (float weight : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ConcatAggregator.Part(weight, gem))
          .hasMessageContaining("has the weight " + weight);
    }
  }

  @Test
  void partsAreAskedWhetherTheyFit() {
    Aggregation remap = new RemapAggregator.Remap(RegionWeights.ones(1, 4));
    Aggregation concat = new ConcatAggregator.Concat(List.of(new ConcatAggregator.Part(1, remap)));
    assertThatThrownBy(() -> concat.requireFits(8, 8)).hasMessageContaining("8x8 has 30 regions");
    assertThatThrownBy(() -> concat.on(List.of(new Tap("last", 2, 32), new Tap("before", 2, 32))))
        .hasMessageContaining("2 taps");
  }
}
