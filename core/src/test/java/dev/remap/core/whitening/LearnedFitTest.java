package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Learned whitenings beside what NumPy makes of the same pairs by the literature's formula. */
class LearnedFitTest {
  private static final long SEED = 911;
  private static final SymmetricEigenSolver JACOBI = new JacobiEigenSolver();
  private static final JsonNode FIXTURE = read();

  private static JsonNode read() {
    try (InputStream in = LearnedFitTest.class.getResourceAsStream("learned.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).asDouble();
    }
    return numbers;
  }

  private static float[][] descriptors() {
    float[][] descriptors = new float[FIXTURE.get("descriptors").size()][];
    for (int n = 0; n < descriptors.length; n++) {
      double[] numbers = numbers(FIXTURE.get("descriptors").get(n));
      descriptors[n] = new float[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        descriptors[n][i] = (float) numbers[i];
      }
    }
    return descriptors;
  }

  private static Moments moments(float[][] descriptors) {
    Moments moments = Moments.full(descriptors[0].length);
    Arrays.stream(descriptors).forEach(moments::add);
    return moments;
  }

  private static void add(PairMoments pairs, float[][] all, JsonNode group) {
    int first = group.get("first").asInt();
    int[][] places = new int[group.get("pairs").size()][];
    for (int i = 0; i < places.length; i++) {
      JsonNode pair = group.get("pairs").get(i);
      places[i] = new int[] {pair.get(0).asInt(), pair.get(1).asInt()};
    }
    pairs.add(Arrays.copyOfRange(all, first, first + group.get("images").asInt()), places);
  }

  private static PairMoments pairs(float[][] descriptors) {
    PairMoments pairs = new PairMoments(descriptors[0].length);
    FIXTURE.get("groups").forEach(group -> add(pairs, descriptors, group));
    return pairs;
  }

  private static WhiteningOptions ridge(double ridge) {
    return new WhiteningOptions(0, 0.5, 1e-10, 0, ridge, 1);
  }

  @Test
  void agreesWithTheFormulaOfTheLiteratureComputedByNumpy() {
    float[][] descriptors = descriptors();
    int d = descriptors[0].length;
    for (JsonNode expected : FIXTURE.get("cases")) {
      WhiteningOptions options =
          new WhiteningOptions(d, 0.5, 1e-10, 0, expected.get("ridge").asDouble(), 1);
      Whitening learned =
          Whitening.learn(moments(descriptors), pairs(descriptors), options, JACOBI);

      assertThat(learned.mean()).containsExactly(numbers(expected.get("mean")), within(1e-12));
      double[] eigenvalues = numbers(expected.get("eigenvalues"));
      assertThat(learned.eigenvalues()).containsExactly(eigenvalues, within(1e-9 * eigenvalues[0]));
      for (int k = 0; k < d; k++) {
        double[] row = numbers(expected.get("rows").get(k));
        double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < d; i++) {
          assertThat(learned.column(i)[k])
              .as("row %d, component %d", k, i)
              .isCloseTo(row[i], within(1e-6 * largest));
        }
      }
      for (int n = 0; n < expected.get("projected").size(); n++) {
        float[] projected = learned.project(descriptors[n]);
        double[] theirs = numbers(expected.get("projected").get(n));
        for (int k = 0; k < d; k++) {
          assertThat((double) projected[k]).isCloseTo(theirs[k], within(1e-6));
        }
      }
    }
  }

  @Test
  void theTorchSolverGivesTheSame() {
    float[][] descriptors = descriptors();
    try (TorchEigenSolver torch = new TorchEigenSolver()) {
      Whitening one = Whitening.learn(moments(descriptors), pairs(descriptors), ridge(3), torch);
      Whitening other = Whitening.learn(moments(descriptors), pairs(descriptors), ridge(3), JACOBI);
      assertThat(one.project(descriptors[5]))
          .containsExactly(other.project(descriptors[5]), within(1e-5f));
    }
  }

  @Test
  void sumsOfPartsAddedInOrderAreTheSumsOfAll() {
    float[][] descriptors = descriptors();
    PairMoments sum = new PairMoments(descriptors[0].length);
    for (JsonNode group : FIXTURE.get("groups")) {
      PairMoments part = new PairMoments(descriptors[0].length);
      add(part, descriptors, group);
      sum.add(part.sums());
    }
    PairMoments all = pairs(descriptors);
    assertThat(sum.pairs()).isEqualTo(all.pairs());
    assertThat(sum.images()).isEqualTo(all.images()).isEqualTo(56);
    assertThat(sum.independent()).isEqualTo(all.independent()).isEqualTo(42);
    assertThat(sum.queryMean()).containsExactly(all.queryMean(), within(1e-12));
    assertThat(sum.scatter()).containsExactly(all.scatter(), within(1e-9));
  }

  @Test
  void directionsInWhichPairsDifferCountLess() {
    float[][] descriptors = noisyThings(40, 3, 6);
    PairMoments pairs = new PairMoments(6);
    for (int thing = 0; thing < 40; thing++) {
      pairs.add(
          Arrays.copyOfRange(descriptors, 3 * thing, 3 * thing + 3), new int[][] {{0, 1}, {1, 2}});
    }
    WhiteningOptions one = new WhiteningOptions(1, 0.5, 1e-10, 0, 0, 1);
    Whitening learned = Whitening.learn(moments(descriptors), pairs, one, JACOBI);
    Whitening plain = Whitening.fit(moments(descriptors), one, JACOBI);

    // Component 0 is loud and says nothing of the thing; component 1 tells things apart.
    assertThat(Math.abs(plain.column(0)[0])).isGreaterThan(5 * Math.abs(plain.column(1)[0]));
    assertThat(Math.abs(learned.column(1)[0])).isGreaterThan(5 * Math.abs(learned.column(0)[0]));
    assertThat(learned.reason()).startsWith("learned from 80 pairs of 120 images (Lw); ");
  }

  private static float[][] noisyThings(int things, int each, int d) {
    Random random = new Random(SEED);
    float[][] descriptors = new float[things * each][d];
    for (int thing = 0; thing < things; thing++) {
      double what = random.nextGaussian();
      for (int n = 0; n < each; n++) {
        float[] x = descriptors[thing * each + n];
        for (int i = 0; i < d; i++) {
          x[i] = (float) (0.2 * random.nextGaussian());
        }
        x[0] += (float) (5 * random.nextGaussian());
        x[1] += (float) what;
      }
    }
    return descriptors;
  }

  @Test
  void tooFewPairsAreHeldByTheRidgeAndRefusedWithoutOne() {
    float[][] descriptors = descriptors();
    int d = descriptors[0].length;
    PairMoments few = new PairMoments(d);
    add(few, descriptors, FIXTURE.get("groups").get(0));

    assertThatThrownBy(() -> Whitening.learn(moments(descriptors), few, ridge(0), JACOBI))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pairs differ in 3 directions of 12")
        .hasMessageContaining("leave the ridge automatic, or give pairs of more images");
    Whitening held =
        Whitening.learn(moments(descriptors), few, WhiteningOptions.defaults(), JACOBI);
    double shortest = Double.MAX_VALUE;
    double longest = 0;
    for (int k = 0; k < held.dimension(); k++) {
      double squares = 0;
      for (int i = 0; i < d; i++) {
        squares += held.column(i)[k] * held.column(i)[k];
      }
      shortest = Math.min(shortest, squares);
      longest = Math.max(longest, squares);
    }
    // With 3 differences, λ' is between 102/3 and 103 of the trace.
    assertThat(longest / shortest).isLessThan(1.1);
  }

  @Test
  void copiesWithoutAnyDifferenceTeachNothing() {
    float[][] descriptors = descriptors();
    PairMoments equal = new PairMoments(descriptors[0].length);
    equal.add(new float[][] {descriptors[0], descriptors[0].clone()}, new int[][] {{0, 1}});

    assertThatThrownBy(
            () -> Whitening.learn(moments(descriptors), equal, WhiteningOptions.defaults(), JACOBI))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("equal descriptors: there is nothing to learn from copies");
  }

  @Test
  void descriptorsThatAreNotFiniteOrOfAnotherLengthAreRefused() {
    PairMoments pairs = new PairMoments(2);
    assertThatThrownBy(
            () -> pairs.add(new float[][] {{1, 2}, {Float.NaN, 1}}, new int[][] {{0, 1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("component 0 of the descriptor is NaN");
    assertThatThrownBy(() -> pairs.add(new float[][] {{1, 2}, {1}}, new int[][] {{0, 1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have 2 components, has 1");
    assertThat(pairs.pairs()).isZero();
  }

  @Test
  void aLearnedWhiteningSurvivesItsFile() {
    float[][] descriptors = descriptors();
    Whitening learned = Whitening.learn(moments(descriptors), pairs(descriptors), ridge(1), JACOBI);
    Whitening again = Whitening.fromBytes(learned.toBytes());
    assertThat(again.project(descriptors[7])).isEqualTo(learned.project(descriptors[7]));
    assertThat(again.reason()).isEqualTo(learned.reason());
  }
}
