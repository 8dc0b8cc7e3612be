package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.ConcatAggregator;
import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.pooling.Mac;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.core.pooling.RmacAggregator;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A fully connected layer as a tap: Neural Codes (Babenko et al., ECCV 2014). */
class ConnectedBackboneTest {
  private static final Path RESOURCES = Path.of("src/test/resources/dev/remap/core/backbone");
  private static final Path NETWORK = RESOURCES.resolve("connected.pt");
  private static final ImageShape SHAPE = new ImageShape(8, 8);

  private static BackboneCard card;

  @BeforeAll
  static void card() throws Exception {
    card = BackboneCard.parse(Files.readString(RESOURCES.resolve("connected-card.json")));
  }

  private static ByteBuffer pixels(int batch, int width, int height) {
    byte[] bytes = new byte[3 * batch * width * height];
    new SplittableRandom(91).nextBytes(bytes);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static float[] values(FeatureMap map, int image) {
    float[] values = new float[map.channels() * map.area()];
    map.values().get(map.offset(image), values);
    return values;
  }

  /** See make-connected-backbone; sums are exact in float32. */
  private static float[] connected(float[] patches) {
    float[] out = new float[6];
    for (int o = 0; o < 6; o++) {
      for (int i = 0; i < 12; i++) {
        out[o] += ((3 * o + 5 * i) % 7 - 2) / 8f * patches[i];
      }
      out[o] = Math.max(0, out[o]);
    }
    return out;
  }

  @Test
  void theMapOfAFullyConnectedLayerIsOneCellAndMacOrGemGiveItAtLengthOne() {
    try (Backbone backbone = Backbone.load(NETWORK, card, ComputeDevice.cpu());
        FeatureMaps maps = backbone.forward(pixels(2, 8, 8), 2, SHAPE)) {
      FeatureMap code = maps.taps().get(0);
      assertThat(List.of(code.channels(), code.width(), code.height())).containsExactly(6, 1, 1);
      for (int image = 0; image < 2; image++) {
        float[] expected = connected(values(maps.taps().get(1), image));
        assertThat(values(code, image)).containsExactly(expected).isNotEqualTo(new float[6]);
        double squares = 0;
        for (float value : expected) {
          squares += value * (double) value;
        }
        for (Aggregation aggregation : List.of(new Mac(), new GemAggregator.Gem(1))) {
          Aggregator aggregator = aggregation.on(card.taps());
          float[] found = new float[6];
          aggregator.aggregate(maps.taps(), image, found);
          for (int i = 0; i < 6; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i] / Math.sqrt(squares), within(1e-5));
          }
        }
      }
    }
  }

  @Test
  void aCardSaysThatTheNetworkTakesPicturesOfOneSide() {
    assertThat(card.side()).hasValue(8);
    assertThat(BackboneCard.parse(card.toJson())).isEqualTo(card);
    assertThatThrownBy(
            () -> BackboneCard.parse(card.toJson().replace("\"side\" : 8", "\"side\" : 0")))
        .hasMessageContaining("side is ");
  }

  @Test
  void aCardThatPromisesMoreThanOneCellIsRefused() {
    BackboneCard strided =
        new BackboneCard(
            1,
            "connected",
            List.of(new Tap("fc6", 6, 4), card.taps().get(1)),
            card.scale(),
            card.shift(),
            "float32",
            "none",
            "test",
            card.sha256(),
            card.side());
    assertThatThrownBy(() -> Backbone.load(NETWORK, strided, ComputeDevice.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 channels of 2x2")
        .hasMessageContaining("6 channels of 1x1");
  }

  private static ExtractorSpec spec(Aggregation aggregation, List<Scale> scales) {
    return new ExtractorSpec(1, card, aggregation, scales, 2, new ImageLimits(1_000, 1_000));
  }

  @Test
  void anExtractorHasASquareScaleOfThatSideAndAnAggregatorOfTheWholeMap() {
    List<Scale> right = List.of(new Scale(8, 8, 1));
    ExtractorSpec mac = spec(new Mac(), right);
    assertThat(mac.dimension()).isEqualTo(6);
    assertThat(ExtractorSpec.parse(mac.toJson())).isEqualTo(mac);
    Aggregation rmac = new RmacAggregator.Rmac(2, RmacAggregator.WholeImage.NONE);
    for (Aggregation other :
        List.of(
            rmac,
            new RemapAggregator.Remap(RegionWeights.ones(2, 2)),
            new ConcatAggregator.Concat(
                List.of(
                    new ConcatAggregator.Part(1, new Mac()),
                    new ConcatAggregator.Part(1, rmac))))) {
      assertThatThrownBy(() -> spec(other, right))
          .hasMessageContaining("the map of tap 'fc6' is one cell, which the aggregator ")
          .hasMessageContaining("take mac, spoc or gem");
    }
    for (List<Scale> wrong :
        List.of(List.of(new Scale(16, 8, 1)), List.of(new Scale(8, 8, 1), new Scale(16, 16, 1)))) {
      assertThatThrownBy(() -> spec(new Mac(), wrong))
          .hasMessageContaining("takes pictures of 8x8 and no others");
    }
  }

  @Test
  void regionsMayStillBeThoseOfAnEarlierLayer() {
    BackboneCard mapFirst =
        new BackboneCard(
            1,
            "other",
            List.of(new Tap("map", 3, 4), new Tap("fc6", 6, Tap.ONE_CELL)),
            card.scale(),
            card.shift(),
            "float32",
            "none",
            "test",
            card.sha256());
    ExtractorSpec spec =
        new ExtractorSpec(
            1,
            mapFirst,
            new RmacAggregator.Rmac(2, RmacAggregator.WholeImage.NONE),
            List.of(new Scale(32, 24, 1)),
            2,
            new ImageLimits(1_000, 1_000));
    assertThat(spec.dimension()).isEqualTo(3);
  }
}
