package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.GemAggregator.Gem;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.training.head.Activation;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import dev.remap.core.whitening.Whitening;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exponents of generalised means that learn. */
class GemHeadTest {
  private static final double STEP = 1e-6;
  private static final int GROUPS = 12;
  private static final int EACH = 6;
  private static final HeadShape SHAPE = HeadShape.ofCells(12, 9);

  /**
   * Groups that are told apart by the largest cell of each channel, for the rest is by chance: so
   * that a larger exponent finds them better.
   */
  private static ArraySet peaks() {
    Random random = new Random(5);
    float[][] images = new float[GROUPS * EACH][SHAPE.length()];
    for (int group = 0; group < GROUPS; group++) {
      float[] peaks = new float[SHAPE.dimension()];
      for (int c = 0; c < peaks.length; c++) {
        peaks[c] = 1.5f + 2 * random.nextFloat();
      }
      for (int i = 0; i < EACH; i++) {
        float[] image = images[group * EACH + i];
        for (int k = 0; k < image.length; k++) {
          image[k] = Math.max(0, 1.5f * random.nextFloat() - 0.3f);
        }
        for (int c = 0; c < peaks.length; c++) {
          image[c * SHAPE.regions() + random.nextInt(SHAPE.regions())] = peaks[c];
        }
      }
    }
    return new ArraySet(SHAPE, images);
  }

  private static List<Float> exponents(boolean isShared, float p) {
    return Collections.nCopies(isShared ? 1 : SHAPE.dimension(), p);
  }

  private static List<Float> different() {
    return List.of(2.5f, 1f, 3f, 4.25f, 7.5f, 1.75f, 30f, 3.25f, 100f);
  }

  private static Recipe recipe(double exponentRate, int epochs) {
    return new Recipe(
        "triplet",
        0,
        "adam",
        0.9,
        Map.of(Learnable.EXPONENTS, exponentRate, Learnable.PROJECTION, 0.01),
        0.5, // Of which exponents have nothing.
        epochs,
        epochs,
        16,
        1000,
        3,
        RateSchedule.CONSTANT,
        7);
  }

  private static HeadTraining trained(Head start, Recipe recipe) {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    HeadTraining training =
        new HeadTraining(
            peaks(), labels, Split.of(labels, 0.4, 0, 1), recipe, start, new ParallelFor(2));
    while (!training.isOver()) {
      training.epoch();
    }
    return training;
  }

  private static Batch batch() {
    return Batch.of(
        List.of(
            new Tuple(0, 1, List.of(6, 12)),
            new Tuple(7, 8, List.of(1, 20)),
            new Tuple(13, 14, List.of(2, 9))),
        ArraySet.labels(GROUPS, EACH));
  }

  /** Powers of the floor, and of large cells, leave the range of numbers long before p = 100. */
  @ParameterizedTest
  @ValueSource(floats = {1, 60, 100})
  void largeExponentsOfDeadAndOfLargeChannelsAreNumbers(float p) {
    HeadShape shape = HeadShape.ofCells(3, 3);
    float[] cells = {0, 0, 0, 4000, 3000, 0, 2, 2, 2};
    Head head = Head.of(shape, List.of(p));
    Parameters to = head.parameters().zeros();

    Activation made = head.forward(cells);
    double[] byMeans = head.backward(cells, made, new double[] {0.5, -1, 2}, to);

    double large = 4000 * Math.pow((1 + Math.pow(0.75, p)) / 3, 1 / (double) p);
    assertThat(made.unit()[1] / made.unit()[2]).isCloseTo(large / 2, within(1e-9 * large));
    assertThat(made.unit()[0] / made.unit()[2]).isCloseTo(5e-7, within(1e-15));
    assertThat(to.of(Part.EXPONENTS)[0]).isFinite();
    for (float byCell : head.byParts(cells, byMeans)) {
      assertThat(byCell).isFinite();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "triplet, true",
    "triplet, false",
    "triplet-squared, false",
    "contrastive, true",
    "contrastive, false"
  })
  void gradientsAreCentralDifferences(String name, boolean projected) {
    RankingLoss loss = RankingLoss.Kind.of(name).loss(1.5);
    for (List<Float> exponents : List.of(List.of(2.5f), different())) {
      Head plain = Head.of(SHAPE, exponents);
      Head head = projected ? plain.projected(Heads.whitening(9, 5, 7)) : plain;
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, peaks(), loss, batch(), gradient);
      for (Part part : Part.values()) {
        double[] values = head.parameters().of(part);
        double[] differences = new double[values.length];
        for (int i = 0; i < values.length; i++) {
          double value = values[i];
          values[i] = value + STEP;
          double above = HeadTraining.gradient(head, peaks(), loss, batch(), gradient.zeros());
          values[i] = value - STEP;
          double below = HeadTraining.gradient(head, peaks(), loss, batch(), gradient.zeros());
          values[i] = value;
          differences[i] = (above - below) / (2 * STEP);
        }
        double norm = Math.sqrt(Vectors.dot(differences, differences));
        assertThat(norm > 0).isEqualTo(values.length > 0);
        assertThat(Vectors.distance(gradient.of(part), differences))
            .as("%s of %s", part, name)
            .isLessThanOrEqualTo(1e-5 * norm);
      }
    }
  }

  /** Cells are floats, so the steps are powers of two and no cell is near the floor. */
  @Test
  void gradientsByCellsAreCentralDifferences() {
    Head head = Head.of(SHAPE, different()).projected(Heads.whitening(9, 5, 7));
    float[] cells = peaks().vectors()[4].clone();
    double[] direction = {0.3, -1, 0.5, 0.2, -0.7};
    float step = 1f / (1 << 12);
    double[] byRaw =
        head.backward(cells, head.forward(cells), direction, head.parameters().zeros());
    float[] gradient = head.byParts(cells, byRaw);
    double squares = 0;
    double wrong = 0;
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == 0) {
        assertThat(gradient[i]).isZero();
        continue;
      }
      float value = cells[i];
      cells[i] = value + step;
      double above = Vectors.dot(head.forward(cells).unit(), direction);
      double up = cells[i];
      cells[i] = value - step;
      double below = Vectors.dot(head.forward(cells).unit(), direction);
      double difference = (above - below) / (up - cells[i]);
      cells[i] = value;
      squares += difference * difference;
      wrong += (gradient[i] - difference) * (gradient[i] - difference);
    }
    assertThat(Math.sqrt(wrong)).isLessThan(1e-3 * Math.sqrt(squares));
  }

  @Test
  void theDescriptorIsThatOfTheAggregatorAndTheWhitening() {
    FeatureMap map = new FeatureMap(1, 9, 3, 4, FloatBuffer.wrap(peaks().vectors()[4]));
    List<Tap> taps = List.of(new Tap("last", 9, 32));
    Head perChannel = Head.of(SHAPE, different());
    Head one = Head.of(SHAPE, List.of(2.5f));

    requireSame(one, new Gem(2.5f).on(taps), map);
    requireSame(
        one, GemPerChannel.parse(new GemPerChannel(one.exponents()).toJson()).on(taps), map);
    requireSame(perChannel, new GemPerChannel(different()).on(taps), map);
    requireSame(Head.of(SHAPE, List.of(3f)), new Gem(3).on(taps), map);
    Head projected = perChannel.projected(Heads.whitening(9, 5, 7));
    Whitening whitening = Whitening.fromBytes(projected.whitening().orElseThrow().toBytes());
    float[] raw = new float[9];
    new GemPerChannel(projected.exponents()).on(taps).aggregate(List.of(map), 0, raw);
    assertThat(cosine(projected.describe(peaks().vectors()[4]), whitening.project(raw)))
        .isGreaterThan(0.999999);
  }

  private static void requireSame(Head head, Aggregator aggregator, FeatureMap map) {
    float[] raw = new float[9];
    aggregator.aggregate(List.of(map), 0, raw);
    float[] cells = peaks().vectors()[4];
    assertThat(Vectors.distance(doubles(head.raw(cells)), doubles(raw))).isLessThan(1e-6);
    assertThat(cosine(head.describe(cells), raw)).isGreaterThan(0.999999);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static double cosine(float[] a, float[] b) {
    return Vectors.dot(a, b) / Math.sqrt(Vectors.dot(a, a) * Vectors.dot(b, b));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void exponentsGrowWherePeaksTellGroupsApart(boolean isShared) {
    HeadTraining training = trained(Head.of(SHAPE, exponents(isShared, 1.5f)), recipe(0.05, 15));

    assertThat(training.curve().get(15).map() - training.curve().get(0).map()).isGreaterThan(0.05);
    assertThat(training.last().exponents()).hasSize(9).allMatch(p -> p > 2 && p <= 100);
    assertThat(training.last().exponents().stream().distinct().count() == 1).isEqualTo(isShared);
  }

  @Test
  void exponentsStayInTheirRangeAndWithoutARateAsTheyAre() {
    for (Float p :
        trained(Head.of(SHAPE, exponents(false, 50f)), recipe(20, 3)).last().exponents()) {
      assertThat(p).isBetween(1f, 100f);
    }
    assertThat(trained(Head.of(SHAPE, different()), recipe(0, 3)).last().exponents())
        .isEqualTo(different());
  }

  @Test
  void oneBatchIsLearntToALossOfNothing() {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0.1);
    Head head = Head.of(SHAPE, exponents(false, 1f));
    Parameters first = head.parameters().zeros();
    Parameters second = head.parameters().zeros();
    Optimiser optimiser = new Optimiser(recipe(0.05, 1), head.parameters());
    double before = HeadTraining.gradient(head, peaks(), loss, batch(), first.zeros());
    for (int step = 1; step <= 300; step++) {
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, peaks(), loss, batch(), gradient);
      optimiser.step(head.parameters(), gradient, first, second, step, 1);
    }
    assertThat(before).isGreaterThan(0.001);
    assertThat(HeadTraining.gradient(head, peaks(), loss, batch(), first.zeros())).isZero();
  }

  @Test
  void twoTrainingsAreTheSameToTheByteAndOneThatGoesOnIsToo() {
    Head start = Head.of(SHAPE, exponents(false, 3f)).projected(Heads.whitening(9, 5, 7));
    HeadTraining one = trained(start, recipe(0.05, 4));
    assertThat(trained(start, recipe(0.05, 4)).state()).isEqualTo(one.state());

    int[] labels = ArraySet.labels(GROUPS, EACH);
    Split split = Split.of(labels, 0.4, 0, 1);
    HeadTraining begun =
        new HeadTraining(peaks(), labels, split, recipe(0.05, 4), start, new ParallelFor(2));
    begun.epoch();
    begun.epoch();
    HeadTraining resumed =
        new HeadTraining(peaks(), labels, split, recipe(0.05, 4), start, new ParallelFor(2));
    resumed.resume(begun.state());
    while (!resumed.isOver()) {
      resumed.epoch();
    }
    assertThat(resumed.state()).isEqualTo(one.state());
    assertThat(resumed.best().exponents()).isEqualTo(one.best().exponents());
  }

  /** The whole way, from the loss through the means and libtorch to the network's numbers. */
  @Test
  void aNetworkBeforeGeneralisedMeansHasTheGradientOfDifferences() {
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0);
    Batch batch = NetworkFixture.batch(loss);
    try (TrainableBackbone backbone = NetworkFixture.backbone("third")) {
      LearningNetwork network = NetworkFixture.cells(backbone);
      Head head = Head.of(network.shape(), List.of(3f));
      head = head.with(head.parameters().with(Part.NETWORK, network.values()));
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, network, loss, batch, gradient);
      double[] values = network.values();
      double[] direction = gradient.of(Part.NETWORK).clone();
      double norm = Math.sqrt(Vectors.dot(direction, direction));
      assertThat(norm).isPositive();
      List<Double> losses = new ArrayList<>();
      double step = 1e-2;
      for (int sign : new int[] {1, -1}) {
        double[] moved = values.clone();
        Vectors.add(moved, 0, sign * step / norm, direction);
        network.put(moved);
        losses.add(HeadTraining.gradient(head, network, loss, batch, head.parameters().zeros()));
      }
      double difference = (losses.get(0) - losses.get(1)) / (2 * step);
      assertThat(difference / norm).isBetween(0.99, 1.01);
      assertThat(gradient.of(Part.EXPONENTS)).doesNotContain(0);
    }
  }

  @Test
  void exponentsOfOtherChannelsAreRefused() {
    assertThatThrownBy(() -> Head.of(SHAPE, List.of(3f, 3f)))
        .hasMessage("There are 2 exponents, and 9 channels");
  }
}
