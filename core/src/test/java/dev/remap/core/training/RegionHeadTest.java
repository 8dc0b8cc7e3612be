package dev.remap.core.training;

import static dev.remap.core.training.RegionHeads.CELLS;
import static dev.remap.core.training.RegionHeads.CHANNELS;
import static dev.remap.core.training.RegionHeads.EACH;
import static dev.remap.core.training.RegionHeads.GROUPS;
import static dev.remap.core.training.RegionHeads.LEVELS;
import static dev.remap.core.training.RegionHeads.REGIONS;
import static dev.remap.core.training.RegionHeads.map;
import static dev.remap.core.training.RegionHeads.maps;
import static dev.remap.core.training.RegionHeads.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.training.RegionHeads.Kind;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import dev.remap.core.whitening.Metric;
import dev.remap.core.whitening.Whitening;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Regions that learn how they are projected, and how they are weighed. */
class RegionHeadTest {
  private static final double STEP = 1e-6;
  private static final Tap LAST = new Tap("last", CHANNELS, 32);

  private static Recipe recipe(Kind kind, double rate, int epochs) {
    Map<Learnable, Double> rates = new EnumMap<>(Learnable.class);
    kind.learnables().forEach(part -> rates.put(part, rate));
    return new Recipe(
        "triplet", 0, "adam", 0.9, rates, 0, epochs, epochs, 16, 1000, 3, RateSchedule.CONSTANT, 7);
  }

  private static HeadTraining training(Kind kind, Recipe recipe, int[] labels) {
    Split split = Split.of(ArraySet.labels(GROUPS, EACH), 0.4, 0, 1);
    return new HeadTraining(set(kind), labels, split, recipe, kind.head(), new ParallelFor(2));
  }

  private static HeadTraining trained(HeadTraining training) {
    while (!training.isOver()) {
      training.epoch();
    }
    return training;
  }

  private static double gain(HeadTraining training) {
    return training.curve().get(training.epochs()).map() - training.curve().get(0).map();
  }

  private static Batch batch() {
    return Batch.of(
        List.of(
            new Tuple(0, 1, List.of(6, 12)),
            new Tuple(7, 8, List.of(1, 20)),
            new Tuple(13, 14, List.of(2, 9))),
        ArraySet.labels(GROUPS, EACH));
  }

  @ParameterizedTest
  @CsvSource({
    "DIR, false",
    "DIR, true",
    "ATTENTION, true",
    "WHITENED_ATTENTION, false",
    "WHITENED_ATTENTION, true",
    "FIXED_WHITENING, false"
  })
  void gradientsAreCentralDifferences(Kind kind, boolean isProjected) {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(1.5);
    Head plain = kind.head();
    Head head = isProjected ? plain.projected(Heads.whitening(plain.dimension(), 4, 7)) : plain;
    ArraySet set = set(kind);
    Parameters gradient = head.parameters().zeros();
    HeadTraining.gradient(head, set, loss, batch(), gradient);
    for (Part part : Part.values()) {
      double[] values = head.parameters().of(part);
      double[] differences = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        double value = values[i];
        values[i] = value + STEP;
        double above = HeadTraining.gradient(head, set, loss, batch(), gradient.zeros());
        values[i] = value - STEP;
        double below = HeadTraining.gradient(head, set, loss, batch(), gradient.zeros());
        values[i] = value;
        differences[i] = (above - below) / (2 * STEP);
      }
      double norm = Math.sqrt(Vectors.dot(differences, differences));
      boolean learns =
          kind.learnables().contains(part.learnable())
              || (isProjected && part.learnable() == Learnable.PROJECTION);
      assertThat(norm > 0).as("%s", part).isEqualTo(learns);
      assertThat(Vectors.distance(gradient.of(part), differences))
          .as("%s", part)
          .isLessThanOrEqualTo(1e-5 * norm);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theExportedExtractorDescribesAsTheHead(Kind kind) {
    Head head =
        trained(training(kind, recipe(kind, 0.05, 2), ArraySet.labels(GROUPS, EACH))).last();
    ArraySet set = set(kind);
    for (int i = 0; i < set.images(); i += 7) {
      float[] described = new float[head.dimension()];
      kind.exported(head)
          .on(List.of(LAST))
          .aggregate(List.of(maps(kind == Kind.DIR)[i]), 0, described);
      assertThat(Vectors.dot(head.describe(set.vectors()[i]), described)).isGreaterThan(0.999999);
      assertThat(Vectors.dot(head.raw(set.vectors()[i]), described)).isGreaterThan(0.999999);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTellsGroupsApartComesToCountMoreAndShuffledLabelsGainNothing(Kind kind) {
    int[] truth = ArraySet.labels(GROUPS, EACH);
    double right = gain(trained(training(kind, recipe(kind, 0.05, 15), truth)));
    int[] labels = truth.clone();
    int[] learnt = Split.of(truth, 0.4, 0, 1).training();
    Random random = new Random(3);
    for (int i = learnt.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int label = labels[learnt[i]];
      labels[learnt[i]] = labels[learnt[j]];
      labels[learnt[j]] = label;
    }
    double wrong = gain(trained(training(kind, recipe(kind, 0.05, 15), labels)));

    assertThat(right).isGreaterThan(0.05);
    assertThat(wrong).isLessThan(0.06).isLessThan(right / 3);
  }

  @ParameterizedTest
  @EnumSource
  void oneBatchIsLearntToALossOfNothing(Kind kind) {
    Random random = new Random(9);
    FeatureMap[] maps = new FeatureMap[6];
    HeadShape shape =
        kind == Kind.DIR
            ? HeadShape.ofVectors(LEVELS, REGIONS, List.of(24))
            : HeadShape.ofStatistics(LEVELS, REGIONS, 24);
    for (int i = 0; i < maps.length; i++) {
      float[] values = new float[24 * CELLS];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) Math.max(0, random.nextGaussian());
      }
      maps[i] = map(values);
    }
    ArraySet set = set(shape, maps);
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0.01);
    Batch batch =
        Batch.of(
            List.of(new Tuple(0, 1, List.of(2)), new Tuple(3, 2, List.of(4))),
            new int[] {0, 0, 1, 1, 2, 2});
    Head head = kind.head(shape);
    Parameters first = head.parameters().zeros();
    Parameters second = head.parameters().zeros();
    Optimiser optimiser = new Optimiser(recipe(kind, 0.03, 1), head.parameters());
    double before = HeadTraining.gradient(head, set, loss, batch, first.zeros());
    for (int step = 1; step <= 500; step++) {
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, set, loss, batch, gradient);
      optimiser.step(head.parameters(), gradient, first, second, step, 1);
    }
    assertThat(before).isGreaterThan(0.001);
    assertThat(HeadTraining.gradient(head, set, loss, batch, first.zeros())).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void twoTrainingsAreTheSameToTheByteAndOneThatGoesOnIsToo(Kind kind) {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    Recipe recipe = recipe(kind, 0.03, 4);
    HeadTraining one = trained(training(kind, recipe, labels));
    assertThat(trained(training(kind, recipe, labels)).state()).isEqualTo(one.state());

    HeadTraining begun = training(kind, recipe, labels);
    begun.epoch();
    begun.epoch();
    HeadTraining resumed = training(kind, recipe, labels);
    resumed.resume(begun.state());
    assertThat(trained(resumed).state()).isEqualTo(one.state());
    assertThat(resumed.best().regionWhitening().map(Whitening::toBytes))
        .usingRecursiveComparison()
        .isEqualTo(one.best().regionWhitening().map(Whitening::toBytes));
  }

  @Test
  void aWhiteningThatDoesNotLearnStaysAsItWas() {
    Head start = Kind.FIXED_WHITENING.head();
    Head last =
        trained(
                training(
                    Kind.FIXED_WHITENING,
                    recipe(Kind.FIXED_WHITENING, 0.05, 2),
                    ArraySet.labels(GROUPS, EACH)))
            .last();
    assertThat(last.regionWhitening().orElseThrow().toBytes())
        .isEqualTo(start.regionWhitening().orElseThrow().toBytes());
    assertThat(last.attention()).isNotEqualTo(start.attention());
  }

  /** The whole way, from the loss through regions and libtorch to the network's numbers. */
  @ParameterizedTest
  @EnumSource
  void aNetworkBeforeRegionsHasTheGradientOfDifferences(Kind kind) {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0);
    Batch batch = NetworkFixture.batch(loss);
    try (TrainableBackbone backbone = NetworkFixture.backbone("third")) {
      LearningNetwork network =
          kind == Kind.DIR
              ? NetworkFixture.lastVectors(backbone)
              : NetworkFixture.statistics(backbone);
      Head head = kind.head(network.shape());
      head = head.with(head.parameters().with(Part.NETWORK, network.values()));
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, network, loss, batch, gradient);
      double[] values = network.values();
      double[] direction = gradient.of(Part.NETWORK).clone();
      double norm = Math.sqrt(Vectors.dot(direction, direction));
      assertThat(norm).isPositive();
      List<Double> losses = new ArrayList<>();
      double step = 2e-4;
      for (int sign : new int[] {1, -1}) {
        double[] moved = values.clone();
        Vectors.add(moved, 0, sign * step / norm, direction);
        network.put(moved);
        losses.add(HeadTraining.gradient(head, network, loss, batch, head.parameters().zeros()));
      }
      double difference = (losses.get(0) - losses.get(1)) / (2 * step);
      assertThat(difference / norm).isBetween(0.995, 1.005);
    }
  }

  @Test
  void attentionBeginsNearOneForAllRegionsAndByItsSeed() {
    AttentionWeights seeded = AttentionWeights.seeded(LEVELS, CHANNELS, 64, 1);
    assertThat(AttentionWeights.seeded(LEVELS, CHANNELS, 64, 1)).isEqualTo(seeded);
    assertThat(AttentionWeights.seeded(LEVELS, CHANNELS, 64, 2)).isNotEqualTo(seeded);

    HeadShape shape = Kind.ATTENTION.shape();
    float[] parts = set(Kind.ATTENTION).vectors()[4];
    Head near = Head.attended(shape, seeded, Optional.empty(), false);
    Head even =
        Head.attended(shape, AttentionWeights.even(LEVELS, CHANNELS), Optional.empty(), false);
    double cosine = Vectors.dot(near.describe(parts), even.describe(parts));
    assertThat(cosine).isGreaterThan(0.9999).isLessThan(1);
    assertThat(Vectors.dot(Kind.ATTENTION.head().describe(parts), even.describe(parts)))
        .isLessThan(0.9999);
  }

  @Test
  void anImageWithoutActivationHasZerosAndNoGradient() {
    for (Kind kind : Kind.values()) {
      Head head = kind.head();
      float[] zeros = new float[kind.shape().length()];
      Parameters gradient = head.parameters().zeros();
      double[] by = new double[head.dimension()];
      Arrays.fill(by, 1);
      double[] byRaw = head.backward(zeros, head.forward(zeros), by, gradient);
      assertThat(head.describe(zeros)).containsOnly(0);
      assertThat(head.byParts(zeros, byRaw)).containsOnly(0);
      for (Part part : Part.values()) {
        assertThat(gradient.of(part)).isEqualTo(new double[gradient.of(part).length]);
      }
    }
  }

  @Test
  void whatDoesNotFitTheRegionsIsRefused() {
    assertThatThrownBy(
            () -> Head.whitened(Kind.DIR.shape(), Heads.whitening(CHANNELS + 1, 4, 3), true))
        .hasMessage("The whitening is of regions with 7 channels, not 6");
    assertThatThrownBy(
            () ->
                Head.whitened(Kind.DIR.shape(), Whitening.none(CHANNELS, Metric.L2, "some"), true))
        .hasMessageContaining("keeps their lengths");
    assertThatThrownBy(
            () ->
                Head.attended(
                    Kind.ATTENTION.shape(),
                    AttentionWeights.even(3, CHANNELS),
                    Optional.empty(),
                    false))
        .hasMessage("The attention is for 3 levels of regions with 6 channels, not 2 with 6");
  }
}
