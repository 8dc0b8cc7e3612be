package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.pooling.GemAggregator.Gem;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.pooling.Spoc.Prior;
import java.lang.reflect.Proxy;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What poolings of the whole map do with maps that no photograph gives. */
class WholeMapPoolingTest {
  private static final int CHANNELS = 6;

  static Stream<Aggregation> all() {
    return Stream.of(
        new Mac(),
        new Spoc(Prior.NONE),
        new Spoc(Prior.CENTER),
        new Crow(),
        new Scda(),
        new Gem(3),
        new GemPerChannel(List.of(1f, 2f, 3f, 4f, 5f, 6f)),
        new GemPlus(),
        new Hew(Optional.empty()),
        new Hew(Optional.of(List.of(0.1f, 0.2f, 0.3f, 0.1f, 0.2f, 0.3f))));
  }

  private static float[] describe(Aggregation aggregation, FeatureMap map) {
    Aggregator aggregator = aggregation.on(List.of(new Tap("last", map.channels(), 32)));
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(List.of(map), 0, out);
    return out;
  }

  /** Channel c has c, or 0 where it is odd, in all cells. */
  private static FeatureMap constant(int height, int width) {
    FloatBuffer values = FloatBuffer.allocate(CHANNELS * height * width);
    for (int i = 0; i < values.limit(); i++) {
      int c = i / (height * width);
      values.put(c % 2 == 0 ? c * 0.7f : 0);
    }
    return new FeatureMap(1, CHANNELS, height, width, values.flip());
  }

  @ParameterizedTest
  @MethodSource("all")
  void zerosGiveZerosOrTheFloor(Aggregation aggregation) {
    for (int side : new int[] {1, 4}) {
      FeatureMap zeros =
          new FeatureMap(
              1, CHANNELS, side, side, FloatBuffer.wrap(new float[CHANNELS * side * side]));
      float[] found = describe(aggregation, zeros);
      boolean floored = aggregation.kind().equals(GemAggregator.KIND);
      for (float component : found) {
        assertThat(component).as(aggregation.toString()).isFinite();
        assertThat(component == 0).as(aggregation.toString()).isNotEqualTo(floored);
        assertThat(component).isEqualTo(found[0], within(1e-6f));
      }
    }
  }

  /** So it does with one cell, which is such a map too. */
  @ParameterizedTest
  @MethodSource("all")
  void aConstantMapGivesItsCell(Aggregation aggregation) {
    for (int[] size : new int[][] {{1, 1}, {1, 2}, {2, 1}, {3, 5}}) {
      float[] found = describe(aggregation, constant(size[0], size[1]));
      double factor = found[CHANNELS - 2] / cell(aggregation, CHANNELS - 2);
      assertThat(factor).as(aggregation.toString()).isPositive();
      double squares = 0;
      for (int i = 0; i < found.length; i++) {
        assertThat((double) found[i])
            .as("%s of %dx%d, component %d", aggregation, size[1], size[0], i)
            .isCloseTo(factor * cell(aggregation, i % CHANNELS), within(1e-6));
        squares += found[i] * found[i];
      }
      assertThat(squares).as(aggregation.toString()).isCloseTo(1, within(1e-5));
    }
  }

  private static double cell(Aggregation aggregation, int c) {
    double activation = c % 2 == 0 ? c * 0.7f : 0;
    return aggregation.kind().equals(Hew.KIND) ? Math.sqrt(activation) : activation;
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsNotFiniteIsNeverHidden(Aggregation aggregation) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int cell : new int[] {0, 7, 11}) {
        FeatureMap map = Maps.random(5, 1, CHANNELS, 4, 3);
        map.values().put(2 * 12 + cell, bad);
        float[] found = describe(aggregation, map);
        boolean hidden = true;
        for (float component : found) {
          hidden &= Float.isFinite(component);
        }
        assertThat(hidden).as("%s with %s", aggregation, bad).isFalse();
      }
    }
  }

  /** None knows which side is long (but for SCDA's ties, of which there are none here). */
  @ParameterizedTest
  @MethodSource("all")
  void aTransposedMapHasTheSameDescriptor(Aggregation aggregation) {
    FeatureMap map = Maps.random(17, 1, CHANNELS, 7, 4);
    float[] found = describe(aggregation, map);
    float[] transposed = describe(aggregation, Maps.transposed(map));
    for (int i = 0; i < found.length; i++) {
      assertThat(transposed[i]).as(aggregation.toString()).isCloseTo(found[i], within(1e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void descriptorsOfTinyAndHugeActivationsKeepLengthOne(Aggregation aggregation) {
    Set<AggregationKind> floored = Set.of(GemAggregator.KIND, GemPlus.KIND);
    boolean trained = aggregation instanceof Hew hew && hew.mean().isPresent();
    for (float factor : new float[] {1e-30f, 1e30f}) {
      if ((factor < 1 && floored.contains(aggregation.kind())) || trained) {
        continue;
      }
      FeatureMap map = Maps.random(23, 1, CHANNELS, 5, 4);
      float[] usual = describe(aggregation, map);
      for (int i = 0; i < map.values().limit(); i++) {
        map.values().put(i, map.values().get(i) * factor);
      }
      float[] found = describe(aggregation, map);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i])
            .as("%s times %s, component %d", aggregation, factor, i)
            .isCloseTo(usual[i], within(2e-5f));
      }
    }
  }

  @Test
  void scdaTakesTheFirstOfEqualComponentsAndNotWhatTouchesByACorner() {
    // Cells by row; two components of two cells, and one that touches the first by a corner only.
    float[] first = {5, 0, 0, 0, 6, 0, 0, 0, 0, 9, 0, 8, 0, 0, 0, 8};
    FeatureMap map = new FeatureMap(1, 1, 4, 4, FloatBuffer.wrap(first));
    float[] found = describe(new Scda(), map);
    double norm = Math.hypot(5.5, 6);
    assertThat(found[0]).isCloseTo((float) (5.5 / norm), within(1e-6f));
    assertThat(found[1]).isCloseTo((float) (6 / norm), within(1e-6f));
  }

  @Test
  void theCentringPriorFavoursTheMiddle() {
    float[] values = new float[2 * 15];
    values[0] = 1; // a corner of the first channel
    values[15 + 7] = 1; // the middle of the second
    FeatureMap map = new FeatureMap(1, 2, 3, 5, FloatBuffer.wrap(values));
    assertThat(describe(new Spoc(Prior.NONE), map)[0]).isCloseTo(0.7071f, within(1e-4f));
    // σ = ½: exp(-(1 + 4) / (2 · ¼)) = e⁻¹⁰
    assertThat(describe(new Spoc(Prior.CENTER), map)[0]).isCloseTo(4.54e-5f, within(1e-7f));
  }

  @Test
  void heatTellsRepeatedTextureFromWhatIsRare() {
    float[] values = new float[2 * 10];
    for (int cell = 0; cell < 10; cell++) {
      boolean rare = cell > 7; // two of ten
      values[cell] = rare ? 0 : 1;
      values[10 + cell] = rare ? 1 : 0;
    }
    FeatureMap map = new FeatureMap(1, 2, 2, 5, FloatBuffer.wrap(values));
    float[] sum = describe(new Spoc(Prior.NONE), map);
    float[] heat = describe(new Hew(Optional.empty()), map);
    assertThat(sum[1] / sum[0]).isCloseTo(0.25f, within(1e-6f));
    // Square-rooted, a sum would come to one half.
    assertThat(heat[1] / heat[0]).isGreaterThan(0.8f);
  }

  @Test
  void heatGivesACellLikeNoOtherTheLargestOfTheOtherWeights() {
    // Cells e1, e1, e2, e3 with the mean 0: the first two are alike, the others like none.
    float[] values = {1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    FeatureMap map = new FeatureMap(1, 3, 2, 2, FloatBuffer.wrap(values));
    float[] found = describe(new Hew(Optional.of(List.of(0f, 0f, 0f))), map);
    assertThat(found[0]).isCloseTo((float) Math.sqrt(0.5), within(1e-6f));
    assertThat(found[1]).isCloseTo(0.5f, within(1e-6f));
    assertThat(found[2]).isCloseTo(0.5f, within(1e-6f));
  }

  @Test
  void parametersOfOtherChannelsAreRefused() {
    List<Tap> taps = List.of(new Tap("last", 3, 32));
    assertThatThrownBy(() -> new GemPerChannel(List.of(3f, 3f)).on(taps))
        .hasMessage("Exponents of gem: there are 2 of them, but tap 'last' has 3 channels");
    assertThatThrownBy(() -> new Hew(Optional.of(List.of(0f, 0f, 0f, 0f))).on(taps))
        .hasMessage("Mean of hew: it has 4 values, but tap 'last' has 3 channels");
    assertThatThrownBy(() -> new GemPerChannel(List.of(3f, 0.5f, 3f)))
        .hasMessage("Exponents of gem: that of channel 1 is 0.5, must be from 1 to 100.0");
    assertThatThrownBy(() -> new Hew(Optional.of(List.of(0f, Float.NaN))))
        .hasMessage("Mean of hew: that of channel 1 is NaN");
    assertThatThrownBy(() -> AggregationKind.of("spoc").fromSettings().of(parameters("side"), 1))
        .hasMessage("the prior of spoc is 'side': it must be none or center");
  }

  @ParameterizedTest
  @MethodSource("fileKinds")
  void aFileThatIsNotWhatItShouldBeIsRefused(String kind, String field, String document) {
    List<List<String>> wrong =
        List.of(
            List.of("[3]", "must be an object"),
            List.of("{", "is not JSON"),
            List.of("{\"q\": [3]}", field + " is missing"),
            List.of("{\"" + field + "\": 3}", "must be an array"),
            List.of("{\"" + field + "\": [3, \"3\"]}", "must hold numbers"),
            List.of("{\"" + field + "\": [1e999]}", "that of channel 0 is Infinity"));
    for (List<String> one : wrong) {
      assertThatThrownBy(
              () -> AggregationKind.of(kind).fromSettings().of(parameters(one.get(0)), 1))
          .as(one.get(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(document)
          .hasMessageContaining(one.get(1));
    }
  }

  static Stream<Arguments> fileKinds() {
    return Stream.of(
        Arguments.of("gem", "p", "Exponents of gem"), Arguments.of("hew", "mean", "Mean of hew"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void parametersAreReadAsTheyWereWritten(Aggregation aggregation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", aggregation.kind().name());
    aggregation.write(node);
    assertThat(AggregationKind.read(StrictJson.read("extractor", node.toString(), 10_000)))
        .isEqualTo(aggregation);
  }

  @Test
  void heatRefusesMapsOfTooManyCells() {
    Aggregation hew = new Hew(Optional.empty());
    hew.requireFits(64, 64);
    assertThatThrownBy(() -> hew.requireFits(65, 64))
        .hasMessage(
            "a map of 65x64 has 4160 cells, but hew takes at most 4096: take smaller scales");
  }

  /** All settings that are texts have this value, and numbers the least that they may have. */
  private static AggregationKind.Parameters parameters(String text) {
    Class<AggregationKind.Parameters> type = AggregationKind.Parameters.class;
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getReturnType() == String.class ? text : arguments[1]));
  }
}
