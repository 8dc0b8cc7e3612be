package dev.remap.core.training;

import static dev.remap.core.training.RegionHeads.LEVELS;
import static dev.remap.core.training.RegionHeads.REGIONS;
import static dev.remap.core.training.RegionHeads.layers;
import static dev.remap.core.training.RegionHeads.map;
import static dev.remap.core.training.RegionHeads.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.pooling.AttentionWeights.Activation;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import dev.remap.core.whitening.Whitening;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Heads of regions against the losses and gradients of PyTorch's autograd, which
 * bin/make-training-fixture made.
 */
class RegionFixtureTest {
  private static final JsonNode FIXTURE = read();

  private static JsonNode read() {
    try (InputStream in = RegionHeadTest.class.getResourceAsStream("gradients.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> cases() {
    JsonNode cases = FIXTURE.get("of-regions").get("cases");
    return IntStream.range(0, cases.size()).mapToObj(cases::get);
  }

  private static double[] values(String name) {
    return NetworkFixture.doubles(FIXTURE.get("of-regions").get("values").get(name));
  }

  /** The fixture's numbers in the place of some head's. */
  private static Head head(JsonNode node, int channels) {
    boolean isDir = node.get("aggregator").textValue().equals("dir");
    boolean isWhitened = node.has("by-region-shift");
    boolean isProjected = node.has("by-shift");
    int dimension = values("region-projection").length / channels;
    Whitening any = Heads.whitening(channels, dimension, 3);
    Head head;
    if (isDir) {
      head = Head.whitened(HeadShape.ofVectors(LEVELS, REGIONS, List.of(channels)), any, true);
    } else {
      HeadShape shape = HeadShape.ofStatistics(LEVELS, REGIONS, channels);
      Activation activation =
          node.get("activation").textValue().equals("tanh") ? Activation.TANH : Activation.SOFTPLUS;
      AttentionWeights layers = layers(shape, values("output").length, activation);
      head = Head.attended(shape, layers, Optional.of(any).filter(it -> isWhitened), isWhitened);
    }
    if (isProjected) {
      head = head.projected(Heads.whitening(dimension, 3, 3));
    }
    Parameters parameters = head.parameters();
    for (Part part : Part.values()) {
      if (parameters.of(part).length > 0) {
        parameters = parameters.with(part, values(name(part)));
      }
    }
    return head.with(parameters);
  }

  private static String name(Part part) {
    return part.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsByParametersAndByMapsAreThoseOfAutograd(JsonNode node) {
    JsonNode fixture = FIXTURE.get("of-regions");
    int channels = fixture.get("channels").intValue();
    Head head = head(node, channels);
    FeatureMap[] maps = new FeatureMap[fixture.get("images").size()];
    for (int i = 0; i < maps.length; i++) {
      double[] map = NetworkFixture.doubles(fixture.get("images").get(i));
      float[] values = new float[map.length];
      Arrays.setAll(map, k -> values[k] = (float) map[k]);
      maps[i] = map(values);
    }
    ArraySet set = set(head.shape(), maps);
    RankingLoss loss = RankingLoss.Kind.of(node.get("loss").textValue()).loss(0);
    int[] all = IntStream.range(0, maps.length).toArray();
    int[][] tuples = new int[loss.takesTuples() ? FIXTURE.get("tuples").size() : 0][];
    Arrays.setAll(tuples, t -> NetworkFixture.ints(FIXTURE.get("tuples").get(t)));
    Batch batch = new Batch(all, NetworkFixture.ints(FIXTURE.get("groups")), tuples);
    Parameters gradient = head.parameters().zeros();

    double value = HeadTraining.gradient(head, set, loss, batch, gradient);

    assertThat(value).isCloseTo(node.get("value").doubleValue(), within(1e-6));
    int parts = 0;
    for (Part part : Part.values()) {
      if (gradient.of(part).length > 0) {
        requireClose(name(part), gradient.of(part), node);
        parts++;
      }
    }
    // Beside them, the fixture has the gradient by maps.
    assertThat(Stream.of(Part.values()).filter(part -> node.has("by-" + name(part))).count())
        .isEqualTo(parts);
    requireClose("maps", byMaps(head, set, loss, batch, maps), node);
  }

  private static double[] byMaps(
      Head head, ArraySet set, RankingLoss loss, Batch batch, FeatureMap... maps) {
    double[][] units = new double[maps.length][];
    Arrays.setAll(units, i -> head.forward(set.vectors()[i]).unit());
    double[][] byUnits = new double[maps.length][head.dimension()];
    loss.add(batch, units, byUnits);
    int length = maps[0].values().limit();
    double[] byMaps = new double[maps.length * length];
    for (int i = 0; i < maps.length; i++) {
      float[] parts = set.vectors()[i];
      double[] byRaw =
          head.backward(parts, head.forward(parts), byUnits[i], head.parameters().zeros());
      List<float[]> byMap =
          head.shape().parts().backward(List.of(maps[i]), 0, head.byParts(parts, byRaw));
      for (int k = 0; k < length; k++) {
        byMaps[i * length + k] = byMap.get(0)[k];
      }
    }
    return byMaps;
  }

  private static void requireClose(String name, double[] gradient, JsonNode node) {
    double[] truth = NetworkFixture.doubles(node.get("by-" + name));
    assertThat(gradient).as(name).hasSameSizeAs(truth);
    double norm = Math.sqrt(Vectors.dot(truth, truth));
    assertThat(norm).as(name).isPositive();
    assertThat(Vectors.distance(gradient, truth) / norm).as(name).isLessThan(1e-5);
  }
}
