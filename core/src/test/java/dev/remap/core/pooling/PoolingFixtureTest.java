package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.GemAggregator.Gem;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.pooling.Spoc.Prior;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against numpy's and torch's descriptors of the same maps, which bin/make-pooling-fixture made.
 */
class PoolingFixtureTest {
  private static final JsonNode FIXTURE = read();
  private static final Map<String, Aggregation> AGGREGATIONS =
      Map.of(
          "mac", new Mac(),
          "spoc", new Spoc(Prior.NONE),
          "spoc-center", new Spoc(Prior.CENTER),
          "crow", new Crow(),
          "scda", new Scda(),
          "gem", new Gem(2.5f),
          "gem-per-channel", new GemPerChannel(floats(FIXTURE.get("gem-p"))),
          "gem-plus", new GemPlus(),
          "hew", new Hew(Optional.empty()),
          "hew-trained", new Hew(Optional.of(floats(FIXTURE.get("hew-mean")))));

  private static JsonNode read() {
    try (InputStream in = PoolingFixtureTest.class.getResourceAsStream("poolings.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Float> floats(JsonNode array) {
    List<Float> values = new ArrayList<>();
    array.forEach(value -> values.add(value.floatValue()));
    return values;
  }

  static Stream<String> names() {
    return AGGREGATIONS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("names")
  void descriptorsAreThoseOfAnIndependentComputation(String name) {
    for (JsonNode one : FIXTURE.get("maps")) {
      int height = one.get("height").intValue();
      int width = one.get("width").intValue();
      FloatBuffer values = FloatBuffer.allocate(one.get("values").size());
      one.get("values").forEach(value -> values.put(value.floatValue()));
      int channels = values.limit() / (height * width);
      // Behind a tap with other sizes, which none of them looks at, in a batch.
      FeatureMap map = twice(new FeatureMap(1, channels, height, width, values.flip()));
      List<FeatureMap> maps = List.of(map, Maps.random(1, 2, 3, 9, 9));
      Aggregator aggregator =
          AGGREGATIONS.get(name).on(List.of(new Tap("last", channels, 32), new Tap("b", 3, 8)));
      float[] found = new float[aggregator.dimension()];
      aggregator.aggregate(maps, 1, found);

      List<Float> expected = floats(one.get(name));
      assertThat(expected).as(name).hasSize(found.length);
      double product = 0;
      double ours = 0;
      double theirs = 0;
      for (int i = 0; i < found.length; i++) {
        double wanted = expected.get(i);
        assertThat((double) found[i])
            .as("%s of %dx%d, component %d", name, width, height, i)
            .isBetween(wanted - Math.abs(wanted) * 1e-5, wanted + Math.abs(wanted) * 1e-5);
        product += found[i] * wanted;
        ours += found[i] * found[i];
        theirs += wanted * wanted;
      }
      assertThat(product / Math.sqrt(ours * theirs)).as(name).isGreaterThan(1 - 1e-5);
    }
  }

  /** The map as the second image of a batch; the first is something else. */
  private static FeatureMap twice(FeatureMap map) {
    FloatBuffer values = FloatBuffer.allocate(2 * map.values().limit());
    for (int i = 0; i < map.values().limit(); i++) {
      values.put(0.25f + i % 3);
    }
    values.put(map.values().duplicate());
    return new FeatureMap(2, map.channels(), map.height(), map.width(), values.flip());
  }

  @Test
  void theFixtureHasWhatDecidesTheMethods() {
    assertThat(FIXTURE.get("maps")).hasSize(3);
    for (JsonNode one : FIXTURE.get("maps")) {
      List<Float> values = floats(one.get("values"));
      long zeros = values.stream().filter(value -> value == 0).count();
      assertThat(zeros).isBetween(values.size() / 3L, values.size() * 3L / 4);
    }
  }
}
