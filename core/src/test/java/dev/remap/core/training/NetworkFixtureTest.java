package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A network's gradients against PyTorch's autograd in double, which bin/make-network-fixture made:
 * of the same artifact, the same pictures, some of them upright, and each loss.
 */
class NetworkFixtureTest {
  private static final double RELATIVE = 1e-3;

  static Stream<JsonNode> cases() {
    return NetworkFixture.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossDescriptorsAndGradientsOfEveryTensorAreThoseOfAutograd(JsonNode node) {
    try (TrainableBackbone backbone = NetworkFixture.backbone("all")) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      Head head = NetworkFixture.head(node.get("projected").booleanValue(), network.values());
      RankingLoss loss = RankingLoss.Kind.of(node.get("loss").textValue()).loss(0);
      Parameters gradient = head.parameters().zeros();

      double value =
          HeadTraining.gradient(head, network, loss, NetworkFixture.batch(loss), gradient);

      assertThat(value).isCloseTo(node.get("value").doubleValue(), within(1e-5));
      requireDescriptors(head, network, node.get("descriptors"));
      assertThat(backbone.names()).contains("first.weight", "third.weight").hasSize(7);
      int from = 0;
      for (int t = 0; t < backbone.names().size(); t++) {
        String name = backbone.names().get(t);
        double[] truth = NetworkFixture.doubles(node.get("by").get(name));
        int to = from + network.lengths()[t];
        requireClose(name, Arrays.copyOfRange(gradient.of(Part.NETWORK), from, to), truth);
        from = to;
      }
    }
  }

  private static void requireDescriptors(Head head, LearningNetwork network, JsonNode expected) {
    double[][] units = new double[network.images()][];
    network.forward(NetworkFixture.all(), (i, regions) -> units[i] = head.forward(regions).unit());
    for (int image = 0; image < units.length; image++) {
      assertThat(Vectors.dot(units[image], NetworkFixture.doubles(expected.get(image))))
          .isGreaterThan(0.999999);
    }
  }

  private static void requireClose(String name, double[] gradient, double[] truth) {
    assertThat(gradient).as(name).hasSameSizeAs(truth);
    double norm = Math.sqrt(Vectors.dot(truth, truth));
    assertThat(norm).as(name).isPositive();
    assertThat(Vectors.distance(gradient, truth) / norm).as(name).isLessThan(RELATIVE);
  }

  @Test
  void whatFollowsTheNetworkHasTheGradientThatItHasWhereTheNetworkStays() {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0);
    Batch batch = NetworkFixture.batch(loss);
    try (TrainableBackbone one = NetworkFixture.backbone("all");
        TrainableBackbone other = NetworkFixture.backbone("all")) {
      LearningNetwork network = NetworkFixture.regions(one, other);
      Head head = NetworkFixture.head(true, network.values());
      Parameters learnt = head.parameters().zeros();
      Parameters truth = head.parameters().zeros();
      HeadTraining.gradient(head, network, loss, batch, learnt);
      HeadTraining.gradient(head, (RegionSet) network, loss, batch, truth);

      for (Part part : List.of(Part.ALPHA, Part.SHIFT, Part.PROJECTION)) {
        requireClose(part.name(), learnt.of(part), truth.of(part));
      }
    }
  }

  /** Only what learns has a gradient, and it is the same. */
  @ParameterizedTest
  @CsvSource({"1, third.weight, 2", "2, second.weight, 5", "norm, norm.weight, 2"})
  void aPartLearnsAsItDoesInTheWhole(String part, String first, int tensors) {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0);
    JsonNode node = NetworkFixture.JSON.get("cases").get(0);
    try (TrainableBackbone backbone = NetworkFixture.backbone(part)) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      Head head = NetworkFixture.head(false, network.values());
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, network, loss, NetworkFixture.batch(loss), gradient);

      assertThat(backbone.names()).hasSize(tensors);
      assertThat(backbone.names().get(0)).isEqualTo(first);
      requireClose(
          first,
          Arrays.copyOf(gradient.of(Part.NETWORK), network.lengths()[0]),
          NetworkFixture.doubles(node.get("by").get(first)));
    }
  }
}
