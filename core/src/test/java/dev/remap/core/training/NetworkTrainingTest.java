package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.LearningPart;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.image.ImageShape;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that learns with its head, on the fixture's pictures. */
class NetworkTrainingTest {
  private static final Split SPLIT =
      new Split(new int[] {0, 1, 2, 3}, new int[] {4, 5, 6, 7}, new int[] {4, 5, 6, 7});

  @TempDir private Path folder;

  private static Recipe recipe(String loss, double networkRate, int epochs) {
    return new Recipe(
        loss,
        0,
        "adam",
        0.9,
        Map.of(Learnable.ALPHA, 0.05, Learnable.EXPONENTS, 0.05, Learnable.NETWORK, networkRate),
        0,
        epochs,
        epochs,
        2,
        1000,
        1,
        RateSchedule.CONSTANT,
        7);
  }

  private static Head ones() {
    HeadShape shape = NetworkFixture.shape();
    return Head.of(shape, RegionWeights.ones(2, shape.levels(), shape.regions()));
  }

  private static HeadTraining training(LearningNetwork network, Recipe recipe) {
    return new HeadTraining(
        network, NetworkFixture.groups(), SPLIT, recipe, ones(), new ParallelFor(2));
  }

  private static HeadTraining trained(HeadTraining training) {
    while (!training.isOver()) {
      training.epoch();
    }
    return training;
  }

  @Test
  void oneBatchIsLearntToALossOfNothing() {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0.1);
    Batch batch = NetworkFixture.batch(loss);
    try (TrainableBackbone backbone = NetworkFixture.backbone("all")) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      Head head = ones().with(ones().parameters().with(Part.NETWORK, network.values()));
      Recipe alone =
          new Recipe(
              "triplet",
              0,
              "adam",
              0.9,
              Map.of(Learnable.NETWORK, 0.01),
              0,
              1,
              1,
              2,
              1,
              1,
              RateSchedule.CONSTANT,
              7);
      Optimiser optimiser = new Optimiser(alone, head.parameters(), network.lengths());
      Parameters first = head.parameters().zeros();
      Parameters second = head.parameters().zeros();
      double before = HeadTraining.gradient(head, network, loss, batch, first.zeros());
      for (int step = 1; step <= 150; step++) {
        Parameters gradient = head.parameters().zeros();
        HeadTraining.gradient(head, network, loss, batch, gradient);
        optimiser.step(head.parameters(), gradient, first, second, step, 1);
        network.put(head.parameters().of(Part.NETWORK));
      }
      assertThat(before).isGreaterThan(0.02);
      assertThat(HeadTraining.gradient(head, network, loss, batch, first.zeros())).isZero();
      assertThat(head.parameters().of(Part.ALPHA)).containsOnly(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"triplet", "ap"})
  void twoTrainingsAreTheSameToTheByteByAnyNumberOfThreadsAndOneThatGoesOnIsToo(String loss) {
    Recipe recipe = recipe(loss, 0.01, 4);
    Augmentation changed = new Augmentation(0.6, 0.7, 0.5, 0.3, 11);
    byte[] state;
    byte[] file;
    try (TrainableBackbone backbone = NetworkFixture.backbone("2")) {
      LearningNetwork network = NetworkFixture.regions(changed, backbone);
      double[] first = network.values();
      HeadTraining one = trained(training(network, recipe));
      state = one.state();
      backbone.put(one.bestNetwork());
      file = backbone.toTorchScript();
      network.put(learnt(one));
      assertThat(Vectors.distance(network.values(), first)).isPositive();
      network.reset();
      assertThat(network.values()).isEqualTo(first);
    }
    try (TrainableBackbone backbone = NetworkFixture.backbone("2");
        TrainableBackbone another = NetworkFixture.backbone("2")) {
      LearningNetwork network = NetworkFixture.regions(changed, backbone, another);
      HeadTraining begun = training(network, recipe);
      begun.epoch();
      begun.epoch();
      HeadTraining resumed = training(network, recipe);
      resumed.resume(begun.state());
      assertThat(trained(resumed).state()).isEqualTo(state);
      backbone.put(resumed.bestNetwork());
      assertThat(backbone.toTorchScript()).isEqualTo(file);
    }
  }

  @Test
  void theFileThatComesOfItDescribesAsTheNetworkThatWasTrained() throws Exception {
    try (TrainableBackbone backbone = NetworkFixture.backbone("all")) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      double[] start = network.values();
      HeadTraining training = trained(training(network, recipe("triplet", 0.02, 3)));
      network.put(learnt(training));
      assertThat(Vectors.distance(network.values(), start)).isPositive();
      byte[] file = backbone.toTorchScript();
      BackboneCard card = NetworkFixture.card(NetworkFixture.FOLDER);
      try (TrainableBackbone exported = load(file, card, "all")) {
        LearningNetwork other = NetworkFixture.regions(exported);
        assertThat(other.values()).isEqualTo(network.values());
        requireSameDescriptors(network, other);
      }
      assertThat(backbone.toTorchScript()).isEqualTo(file);
    }
  }

  private static double[] learnt(HeadTraining training) {
    return training.last().parameters().of(Part.NETWORK);
  }

  private static void requireSameDescriptors(LearningNetwork one, LearningNetwork other) {
    float[][] expected = descriptors(one);
    float[][] given = descriptors(other);
    for (int image = 0; image < one.images(); image++) {
      assertThat(Vectors.dot(expected[image], given[image])).isGreaterThan(0.99999);
    }
  }

  private static float[][] descriptors(LearningNetwork network) {
    float[][] descriptors = new float[network.images()][];
    network.forward(
        NetworkFixture.all(), (i, regions) -> descriptors[i] = ones().describe(regions));
    return descriptors;
  }

  private TrainableBackbone load(byte[] file, BackboneCard card, String part) throws Exception {
    Path path = Files.write(folder.resolve("backbone.pt"), file);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    return TrainableBackbone.load(
        path, card.trained(hash, "here"), new LearningPart(part), ComputeDevice.cpu());
  }

  @Test
  void whatLeavesTheFiniteNumbersEndsWithTheBatchAndTheBestUntilThere() {
    try (TrainableBackbone backbone = NetworkFixture.backbone("all")) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      double[] start = network.values();
      HeadTraining wild = training(network, recipe("triplet", 1e300, 5));
      assertThatThrownBy(() -> trained(wild))
          .isInstanceOf(DivergedException.class)
          .hasMessageContaining("in epoch ");
      assertThat(wild.bestNetwork()).isEqualTo(start);
      // Not even numbers that are none are left in the network.
      double[] none = start.clone();
      Arrays.fill(none, Double.NaN);
      network.put(none);
      network.put(start);
      assertThat(network.values()).isEqualTo(start);
    }
  }

  @Test
  void aNetworkWhoseRateIsNothingStays() {
    try (TrainableBackbone backbone = NetworkFixture.backbone("1")) {
      LearningNetwork network = NetworkFixture.regions(backbone);
      double[] start = network.values();
      HeadTraining still = trained(training(network, recipe("triplet", 0, 2)));
      assertThat(network.values()).isEqualTo(start);
      assertThat(still.bestPrecisions()).hasSize(4);
    }
  }

  /** What has not learnt stays in 8 bits, as the demonstration's file has it. */
  @Test
  void theDemonstrationsNetworkLearnsAndItsFileGrowsByWhatHasLearnt() throws Exception {
    Path demo = Path.of("../conf/backbones/mobilenet_v2_140_nsfwjs");
    BackboneCard card = NetworkFixture.card(demo);
    Path file = demo.resolve("backbone.pt");
    try (TrainableBackbone backbone =
        TrainableBackbone.load(
            file, card, new LearningPart("blocks.16.convolutions.2"), ComputeDevice.cpu())) {
      assertThat(backbone.names())
          .containsExactly("blocks.16.convolutions.2.weight", "blocks.16.convolutions.2.bias");
      double[] values = backbone.values();
      long before = Files.size(file);
      assertThat((long) backbone.toTorchScript().length).isBetween(before, before + 100_000);
      values[0] += 1;
      backbone.put(values);
      byte[] learnt = backbone.toTorchScript();
      long more = 3L * backbone.lengths()[0];
      assertThat((long) learnt.length).isBetween(before + more, before + more + 100_000);
      try (TrainableBackbone again = load(learnt, card, "blocks.16.convolutions.2")) {
        assertThat(again.values()).isEqualTo(values);
      }
    }
  }

  @Test
  void aNetworkOfConstantsIsRefused() throws IOException {
    Path frozen = NetworkFixture.FOLDER.resolve("frozen");
    assertThatThrownBy(
            () ->
                TrainableBackbone.load(
                    frozen.resolve("backbone.pt"),
                    NetworkFixture.card(frozen),
                    new LearningPart("1"),
                    ComputeDevice.cpu()))
        .hasMessageContaining("are constants, which cannot learn")
        .hasMessageContaining("bin/export-backbone --trainable");
  }

  @Test
  void parametersThatDecideNothingOfTheMapsAreRefused() throws IOException {
    Path folder = NetworkFixture.FOLDER.resolve("unused");
    Path file = folder.resolve("backbone.pt");
    BackboneCard card = NetworkFixture.card(folder);
    ImageShape shape = new ImageShape(32, 24);
    try (TrainableBackbone none =
            TrainableBackbone.load(file, card, new LearningPart("behind"), ComputeDevice.cpu());
        TrainableBackbone some =
            TrainableBackbone.load(
                file, card, new LearningPart("third|behind"), ComputeDevice.cpu());
        TrainableBackbone all =
            TrainableBackbone.load(file, card, new LearningPart("third"), ComputeDevice.cpu())) {
      assertThatThrownBy(() -> none.requireEffect(shape))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("No chosen parameter of the network 'with-a-convolution-behind'")
          .hasMessageContaining("(behind.weight, behind.bias) decides anything of its maps");
      assertThatThrownBy(() -> some.requireEffect(shape))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("decide nothing of its maps: behind.weight, behind.bias. Choose");
      all.requireEffect(shape);
      double[] gradient = new double[all.values().length];
      all.takeGradient(gradient);
      assertThat(gradient).containsOnly(0);
    }
  }

  @Test
  void aNameThatNoParameterHasIsRefused() {
    assertThatThrownBy(() -> NetworkFixture.backbone("layer4"))
        .hasMessageContaining("'layer4' is how the name of no parameter begins")
        .hasMessageContaining("from 'first.weight' to 'third.bias'");
    assertThatThrownBy(() -> new LearningPart("[")).hasMessageContaining("no regular expression");
    assertThatThrownBy(() -> new LearningPart("0")).hasMessageContaining("chooses no layer");
  }
}
