package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.Parameters.Part;
import dev.remap.core.whitening.Whitening;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the losses and gradients of PyTorch's autograd, which bin/make-training-fixture made. */
class TrainingFixtureTest {
  private static final double RELATIVE = 1e-6;
  private static final JsonNode FIXTURE = read();

  private static JsonNode read() {
    try (InputStream in = TrainingFixtureTest.class.getResourceAsStream("gradients.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> cases() {
    return IntStream.range(0, FIXTURE.get("cases").size()).mapToObj(FIXTURE.get("cases")::get);
  }

  private static double[] doubles(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).doubleValue()).toArray();
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }

  private static ArraySet set() {
    int regions = FIXTURE.get("regions").intValue();
    int[] channels = ints(FIXTURE.get("channels"));
    HeadShape shape = new HeadShape(2, regions, List.of(channels[0], channels[1]));
    JsonNode images = FIXTURE.get("images");
    float[][] vectors = new float[images.size()][shape.length()];
    for (int i = 0; i < vectors.length; i++) {
      double[] values = doubles(images.get(i));
      for (int k = 0; k < values.length; k++) {
        vectors[i][k] = (float) values[k];
      }
    }
    return new ArraySet(shape, vectors);
  }

  /** The fixture's numbers in the place of some head's. */
  private static Head head(HeadShape shape, JsonNode node) {
    RegionWeights ones = RegionWeights.ones(2, 2, shape.regions());
    double[] alpha = doubles(FIXTURE.get("alpha"));
    if (!node.has("by-shift")) {
      return Head.of(shape, ones)
          .with(new Parameters(alpha, new double[0], new double[0], new double[0]));
    }
    double[] projection = doubles(FIXTURE.get("projection"));
    Whitening any = Heads.whitening(shape.dimension(), projection.length / shape.dimension(), 3);
    return Head.of(shape, ones, any)
        .with(new Parameters(alpha, doubles(FIXTURE.get("shift")), projection, new double[0]));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfAutograd(JsonNode node) {
    ArraySet set = set();
    Head head = head(set.shape(), node);
    RankingLoss loss = RankingLoss.Kind.of(node.get("loss").textValue()).loss(0);
    JsonNode tuples = FIXTURE.get("tuples");
    int[][] positions = new int[loss.takesTuples() ? tuples.size() : 0][];
    for (int t = 0; t < positions.length; t++) {
      positions[t] = ints(tuples.get(t));
    }
    Batch batch =
        new Batch(
            IntStream.range(0, set.images()).toArray(), ints(FIXTURE.get("groups")), positions);
    Parameters gradient = head.parameters().zeros();

    double value = HeadTraining.gradient(head, set, loss, batch, gradient);

    assertThat(value).isCloseTo(node.get("value").doubleValue(), within(1e-9));
    requireClose(gradient.of(Part.ALPHA), node.get("by-alpha"));
    if (node.has("by-shift")) {
      requireClose(gradient.of(Part.SHIFT), node.get("by-shift"));
      requireClose(gradient.of(Part.PROJECTION), node.get("by-projection"));
    }
  }

  private static void requireClose(double[] gradient, JsonNode expected) {
    double[] truth = doubles(expected);
    assertThat(gradient).hasSameSizeAs(truth);
    double norm = Math.sqrt(Vectors.dot(truth, truth));
    assertThat(norm).isPositive();
    assertThat(Vectors.distance(gradient, truth) / norm).isLessThan(RELATIVE);
  }
}
