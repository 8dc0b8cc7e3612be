package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTrainingTest {
  private static final int GROUPS = 12;
  private static final int EACH = 6;

  private static Recipe recipe(String loss, String optimiser, int epochs) {
    return new Recipe(
        loss,
        0,
        optimiser,
        0.9,
        Map.of(
            Learnable.ALPHA,
            0.05,
            Learnable.EXPONENTS,
            0.05,
            Learnable.PROJECTION,
            0.01,
            Learnable.NETWORK,
            0.01),
        0,
        epochs,
        epochs,
        16,
        1000,
        3,
        RateSchedule.CONSTANT,
        7);
  }

  private static Head ones(HeadShape shape) {
    return Head.of(shape, RegionWeights.ones(shape.taps(), shape.levels(), shape.regions()));
  }

  private static Head projected(HeadShape shape) {
    return ones(shape).projected(Heads.whitening(shape.dimension(), 6, 3));
  }

  private static HeadTraining training(int[] labels, Recipe recipe, Head start) {
    ArraySet set = ArraySet.groups(GROUPS, EACH, 2, 17);
    return new HeadTraining(
        set, labels, Split.of(labels, 0.4, 0, 1), recipe, start, new ParallelFor(2));
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

  @ParameterizedTest
  @ValueSource(strings = {"triplet", "triplet-squared", "contrastive", "ap"})
  void regionsThatTellGroupsApartComeToCountMore(String loss) {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    HeadTraining training =
        trained(training(labels, recipe(loss, "adam", 15), ones(ArraySet.SHAPE)));

    assertThat(gain(training)).isGreaterThan(0.02);
    float[] weights = training.last().weights().perTap()[0];
    assertThat((weights[0] + weights[1]) / 2)
        .isGreaterThan((weights[2] + weights[3] + weights[4] + weights[5]) / 4);
    for (float weight : weights) {
      assertThat(weight).isNotNegative();
    }
  }

  @Test
  void plainGradientDescentLearnsToo() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    Recipe sgd =
        new Recipe(
            "triplet",
            0,
            "sgd",
            0.9,
            Map.of(Learnable.ALPHA, 1.0, Learnable.PROJECTION, 1.0),
            5e-5,
            15,
            15,
            16,
            1000,
            3,
            RateSchedule.CONSTANT,
            7);
    assertThat(gain(trained(training(labels, sgd, ones(ArraySet.SHAPE))))).isGreaterThan(0.02);
  }

  @Test
  void shuffledLabelsGainNothingOnGroupsThatAreHeldOut() {
    int[] truth = ArraySet.labels(GROUPS, EACH);
    int[] labels = truth.clone();
    Split split = Split.of(truth, 0.4, 0, 1);
    Random random = new Random(3);
    int[] training = split.training();
    for (int i = training.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int label = labels[training[i]];
      labels[training[i]] = labels[training[j]];
      labels[training[j]] = label;
    }
    ArraySet set = ArraySet.groups(GROUPS, EACH, 2, 17);
    Recipe recipe = recipe("triplet", "adam", 15);
    double wrong =
        gain(
            trained(
                new HeadTraining(
                    set, labels, split, recipe, ones(ArraySet.SHAPE), new ParallelFor(2))));
    double right =
        gain(
            trained(
                new HeadTraining(
                    set, truth, split, recipe, ones(ArraySet.SHAPE), new ParallelFor(2))));

    assertThat(wrong).isLessThan(0.01).isLessThan(right / 2);
  }

  @Test
  void oneBatchIsLearntToALossOfNothing() {
    HeadShape shape = HeadShape.ofVectors(2, 8, List.of(24));
    ArraySet set = ArraySet.groups(shape, 3, 2, 0, 23);
    int[] labels = ArraySet.labels(3, 2);
    RankingLoss loss = RankingLoss.Kind.TRIPLET.loss(0.1);
    Head head = Head.of(shape, RegionWeights.ones(1, 2, 8)).projected(Heads.whitening(24, 20, 5));
    Batch batch =
        Batch.of(
            List.of(
                new Tuple(0, 1, List.of(2, 4)),
                new Tuple(3, 2, List.of(1, 5)),
                new Tuple(4, 5, List.of(0, 3))),
            labels);
    Parameters first = head.parameters().zeros();
    Parameters second = head.parameters().zeros();
    Optimiser optimiser = new Optimiser(recipe("triplet", "adam", 1), head.parameters());
    double before = HeadTraining.gradient(head, set, loss, batch, first.zeros());
    for (int step = 1; step <= 300; step++) {
      Parameters gradient = head.parameters().zeros();
      HeadTraining.gradient(head, set, loss, batch, gradient);
      optimiser.step(head.parameters(), gradient, first, second, step, 1);
    }
    assertThat(before).isGreaterThan(0.02);
    assertThat(HeadTraining.gradient(head, set, loss, batch, first.zeros())).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void halfTheFactorIsHalfTheStep(String method) {
    HeadShape shape = HeadShape.ofVectors(2, 8, List.of(24));
    double[] whole = step(shape, method, 1);
    double[] half = step(shape, method, 0.5);
    double[] none = step(shape, method, 0);

    for (int i = 0; i < whole.length; i++) {
      assertThat(half[i] - none[i]).isCloseTo((whole[i] - none[i]) / 2, within(1e-12));
    }
    assertThat(whole).isNotEqualTo(none);
  }

  /** What alpha is after one step. */
  private static double[] step(HeadShape shape, String method, double factor) {
    Head head = Head.of(shape, RegionWeights.ones(1, 2, 8)).projected(Heads.whitening(24, 20, 5));
    Parameters gradient = head.parameters().zeros();
    for (int i = 0; i < gradient.of(Part.ALPHA).length; i++) {
      gradient.of(Part.ALPHA)[i] = 0.01 * (i + 1);
    }
    new Optimiser(recipe("triplet", method, 1), head.parameters())
        .step(
            head.parameters(),
            gradient,
            head.parameters().zeros(),
            head.parameters().zeros(),
            1,
            factor);
    return head.parameters().of(Part.ALPHA).clone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"triplet", "ap"})
  void twoTrainingsAreTheSameToTheByteAndOneThatGoesOnIsToo(String loss) {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    Recipe recipe = recipe(loss, "adam", 6);
    HeadTraining one = trained(training(labels, recipe, projected(ArraySet.SHAPE)));
    HeadTraining other = trained(training(labels, recipe, projected(ArraySet.SHAPE)));
    assertThat(other.state()).isEqualTo(one.state());

    HeadTraining begun = training(labels, recipe, projected(ArraySet.SHAPE));
    begun.epoch();
    begun.epoch();
    HeadTraining resumed = training(labels, recipe, projected(ArraySet.SHAPE));
    resumed.resume(begun.state());
    assertThat(resumed.epochs()).isEqualTo(2);
    assertThat(trained(resumed).state()).isEqualTo(one.state());
    assertThat(resumed.best().weights()).isEqualTo(one.best().weights());
  }

  @Test
  void aStateOfAnotherTrainingIsRefused() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    HeadTraining training = training(labels, recipe("triplet", "adam", 2), ones(ArraySet.SHAPE));
    byte[] state = training(labels, recipe("ap", "adam", 2), projected(ArraySet.SHAPE)).state();
    assertThatThrownBy(() -> training.resume(state)).hasMessageContaining("another training");
    assertThatThrownBy(() -> training.resume(Arrays.copyOf(state, 30)))
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> training.resume(new byte[50])).hasMessageContaining("no state");
  }

  @Test
  void aTrainingWithoutABetterEpochEndsAndKeepsTheStart() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    Recipe still =
        new Recipe(
            "triplet", 0, "adam", 0.9, Map.of(), 0, 50, 3, 16, 1000, 3, RateSchedule.CONSTANT, 7);
    HeadTraining training = trained(training(labels, still, ones(ArraySet.SHAPE)));
    assertThat(training.epochs()).isEqualTo(3);
    assertThat(training.bestEpoch()).isZero();
    assertThat(training.best().weights()).isEqualTo(RegionWeights.ones(2, 2, 8));
  }

  @Test
  void whatLeavesTheFiniteNumbersEndsWithTheBatchAndTheBestUntilThere() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    Recipe wild =
        new Recipe(
            "triplet",
            2,
            "sgd",
            0.9,
            Map.of(Learnable.ALPHA, 1e308),
            0,
            5,
            5,
            16,
            1000,
            3,
            RateSchedule.CONSTANT,
            7);
    HeadTraining training = training(labels, wild, ones(ArraySet.SHAPE));
    assertThatThrownBy(
            () -> {
              while (!training.isOver()) {
                training.epoch();
              }
            })
        .isInstanceOfSatisfying(DivergedException.class, e -> assertThat(e.images()).isNotEmpty())
        .hasMessageContaining("in epoch ");
    assertThat(training.best().weights()).isEqualTo(RegionWeights.ones(2, 2, 8));
  }

  @Test
  void theHardestNegativesAreThoseOfBruteForceOneOfAGroup() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    ArraySet set = ArraySet.groups(GROUPS, EACH, 1, 5);
    float[][] units = new float[set.images()][];
    Arrays.setAll(units, i -> ones(ArraySet.SHAPE).describe(set.vectors()[i]));
    // Of each group one image is left out; two groups are images without a group.
    int[] learnt = IntStream.range(2 * EACH, set.images()).filter(i -> i % 5 != 0).toArray();
    int[] distractors = IntStream.range(0, 2 * EACH).toArray();
    for (int image : distractors) {
      labels[image] = Split.FIRST_DISTRACTOR - image;
    }
    Split split = new Split(learnt, new int[0], new int[0], distractors, new int[0]);
    int[] pool = IntStream.concat(IntStream.of(distractors), IntStream.of(learnt)).toArray();
    List<Tuple> tuples =
        new Mining(labels, split)
            .tuples(units, 1000, 3, new SplittableRandom(1), new ParallelFor(2));

    assertThat(tuples).hasSize(learnt.length);
    assertThat(tuples).anyMatch(tuple -> tuple.negatives().stream().anyMatch(i -> i < 2 * EACH));
    for (Tuple tuple : tuples) {
      assertThat(labels[tuple.positive()]).isEqualTo(labels[tuple.query()]);
      assertThat(tuple.positive()).isNotEqualTo(tuple.query());
      assertThat(tuple.negatives()).isEqualTo(naive(units, labels, pool, tuple.query()));
    }
  }

  private static List<Integer> naive(float[][] units, int[] labels, int[] pool, int query) {
    List<Integer> ranked = new ArrayList<>(Arrays.stream(pool).boxed().toList());
    ranked.sort(Comparator.comparingDouble(i -> -Vectors.dot(units[query], units[i])));
    HashSet<Integer> seen = new HashSet<>(List.of(labels[query]));
    return ranked.stream().filter(i -> seen.add(labels[i])).limit(3).toList();
  }

  @Test
  void precisionsAreThoseOfANaiveRanking() {
    int[] labels = ArraySet.labels(GROUPS, EACH);
    ArraySet set = ArraySet.groups(GROUPS, EACH, 1, 5);
    Head head = ones(ArraySet.SHAPE);
    int[] images = IntStream.range(6, 60).toArray();
    int[] test = IntStream.range(12, 60).toArray();
    int[] distractors = IntStream.range(6, 12).toArray();
    for (int image : distractors) {
      labels[image] = Split.FIRST_DISTRACTOR - image;
    }
    Split split = new Split(new int[0], new int[0], test, new int[0], distractors);
    double[] precisions = HeadTraining.precisions(set, labels, split, head, new ParallelFor(2));
    assertThat(precisions).hasSize(test.length);
    for (int q = 0; q < test.length; q++) {
      float[] query = head.describe(set.vectors()[test[q]]);
      int self = test[q];
      List<Integer> ranked =
          Arrays.stream(images)
              .filter(i -> i != self)
              .boxed()
              .sorted(
                  Comparator.comparingDouble(
                      i -> -Vectors.dot(query, head.describe(set.vectors()[i]))))
              .toList();
      int[] ranks =
          IntStream.range(0, ranked.size())
              .filter(r -> labels[ranked.get(r)] == labels[self])
              .toArray();
      assertThat(precisions[q])
          .isCloseTo(AveragePrecision.trapezoidal(ranks, EACH - 1), within(1e-12));
    }
  }

  @Test
  void groupsAreDealtWholeAndTooFewAreRefused() {
    int[] labels = ArraySet.labels(10, 3);
    labels[5] = -1;
    Split split = Split.of(labels, 0.2, 0.4, 9);
    assertThat(IntStream.of(split.test()).map(i -> labels[i]).distinct().count()).isEqualTo(4);
    assertThat(IntStream.of(split.heldOut()).map(i -> labels[i]).distinct().count()).isEqualTo(2);
    assertThat(IntStream.of(split.training()).map(i -> labels[i]).distinct().count()).isEqualTo(4);
    assertThat(split.training().length + split.heldOut().length + split.test().length)
        .isEqualTo(29);
    assertThatThrownBy(() -> Split.of(ArraySet.labels(3, 2), 0.2, 0, 1))
        .hasMessageContaining("3 groups, of which 2 are held out and 0 for a test, leave 1");
  }

  @Test
  void imagesWithoutAGroupAreDealtToo() {
    int[] labels = ArraySet.labels(10, 3);
    Arrays.setAll(labels, i -> i < 20 ? labels[i] : Split.FIRST_DISTRACTOR - i);
    labels[25] = Split.LEFT_OUT;
    Split whole = Split.of(labels, 0.2, 0, 9);
    assertThat(whole.distractors()).containsExactly(20, 21, 22, 23, 24, 26, 27, 28, 29);
    assertThat(whole.testDistractors()).isEmpty();
    Split split = Split.of(labels, 0.2, 0.4, 9);
    assertThat(split.testDistractors()).hasSize(4);
    assertThat(
            IntStream.concat(
                    IntStream.of(split.distractors()), IntStream.of(split.testDistractors()))
                .sorted())
        .containsExactly(20, 21, 22, 23, 24, 26, 27, 28, 29);
    assertThat(split.training().length + split.heldOut().length + split.test().length)
        .isEqualTo(20);
  }
}
