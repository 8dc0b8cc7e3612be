package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Activation;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
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

  private static float[][] floats(JsonNode rows) {
    float[][] floats = new float[rows.size()][];
    for (int i = 0; i < floats.length; i++) {
      double[] values = doubles(rows.get(i));
      floats[i] = new float[values.length];
      for (int k = 0; k < values.length; k++) {
        floats[i][k] = (float) values[k];
      }
    }
    return floats;
  }

  private static ArraySet set() {
    int regions = FIXTURE.get("regions").intValue();
    int[] channels = ints(FIXTURE.get("channels"));
    HeadShape shape = HeadShape.ofVectors(2, regions, List.of(channels[0], channels[1]));
    return new ArraySet(shape, floats(FIXTURE.get("images")));
  }

  /** The fixture's numbers in the place of some head's. */
  private static Head head(HeadShape shape, JsonNode node) {
    Head ones = Head.of(shape, RegionWeights.ones(2, 2, shape.regions()));
    return projected(ones, Part.ALPHA, doubles(FIXTURE.get("alpha")), node);
  }

  private static Head projected(Head any, Part part, double[] values, JsonNode node) {
    return projected(any.with(any.parameters().with(part, values)), node);
  }

  private static Head projected(Head head, JsonNode node) {
    if (!node.has("by-shift")) {
      return head;
    }
    double[] projection = doubles(FIXTURE.get("projection"));
    int dimension = head.shape().dimension();
    Head projected = head.projected(Heads.whitening(dimension, projection.length / dimension, 3));
    return projected.with(
        projected
            .parameters()
            .with(Part.SHIFT, doubles(FIXTURE.get("shift")))
            .with(Part.PROJECTION, projection));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfAutograd(JsonNode node) {
    ArraySet set = set();
    Head head = head(set.shape(), node);
    Parameters gradient = gradient(head, set, node);

    requireClose(gradient.of(Part.ALPHA), node.get("by-alpha"));
    requireProjection(gradient, node);
  }

  private static Batch batch(RankingLoss loss) {
    JsonNode tuples = FIXTURE.get("tuples");
    int[][] positions = new int[loss.takesTuples() ? tuples.size() : 0][];
    for (int t = 0; t < positions.length; t++) {
      positions[t] = ints(tuples.get(t));
    }
    int[] groups = ints(FIXTURE.get("groups"));
    return new Batch(IntStream.range(0, groups.length).toArray(), groups, positions);
  }

  private static Parameters gradient(Head head, ArraySet set, JsonNode node) {
    RankingLoss loss = RankingLoss.Kind.of(node.get("loss").textValue()).loss(0);
    Parameters gradient = head.parameters().zeros();
    double value = HeadTraining.gradient(head, set, loss, batch(loss), gradient);
    assertThat(value).isCloseTo(node.get("value").doubleValue(), within(1e-9));
    return gradient;
  }

  static Stream<JsonNode> gemCases() {
    JsonNode cases = FIXTURE.get("gem").get("cases");
    return IntStream.range(0, cases.size()).mapToObj(cases::get);
  }

  @ParameterizedTest
  @MethodSource("gemCases")
  void gradientsByExponentsAndByCellsAreThoseOfAutograd(JsonNode node) {
    JsonNode gem = FIXTURE.get("gem");
    int channels = gem.get("p").size();
    HeadShape shape = HeadShape.ofCells(gem.get("cells").intValue(), channels);
    ArraySet set = new ArraySet(shape, floats(gem.get("images")));
    double[] p = doubles(gem.get("p"));
    double[] exponents = node.get("shared").booleanValue() ? new double[] {p[0]} : p;
    Head head = projected(Head.of(shape, List.of(1f)), Part.EXPONENTS, exponents, node);
    Parameters gradient = gradient(head, set, node);

    requireClose(gradient.of(Part.EXPONENTS), node.get("by-p"));
    requireProjection(gradient, node);
    requireByCells(head, set, node);
  }

  private static void requireByCells(Head head, ArraySet set, JsonNode node) {
    RankingLoss loss = RankingLoss.Kind.of(node.get("loss").textValue()).loss(0);
    Activation[] made = new Activation[set.images()];
    double[][] units = new double[made.length][];
    for (int i = 0; i < made.length; i++) {
      made[i] = head.forward(set.vectors()[i]);
      units[i] = made[i].unit();
    }
    double[][] byUnits = new double[made.length][head.dimension()];
    loss.add(batch(loss), units, byUnits);
    double[] byCells = new double[set.images() * set.shape().length()];
    for (int i = 0; i < made.length; i++) {
      float[] cells = set.vectors()[i];
      double[] byRaw = head.backward(cells, made[i], byUnits[i], head.parameters().zeros());
      float[] byImage = head.byParts(cells, byRaw);
      for (int k = 0; k < byImage.length; k++) {
        byCells[i * byImage.length + k] = byImage[k];
      }
    }
    requireClose(byCells, node.get("by-cells"));
  }

  private static void requireProjection(Parameters gradient, JsonNode node) {
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
