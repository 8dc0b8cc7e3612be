package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WhiteningTest {
  private static final long SEED = 4242;
  private static final SymmetricEigenSolver JACOBI = new JacobiEigenSolver();
  private static final WhiteningOptions PLAIN =
      new WhiteningOptions(WhiteningOptions.AUTO, 0.5, 1e-10, 0);
  private static final float[][] SIX = {
    {1, 2, 0.5f}, {2, 1, 0}, {0, 3, 1}, {4, 0.5f, 2}, {3, 3, 3}, {1.5f, 0, 0.25f}
  };

  /** Expected values by NumPy 2.4: cov(bias=True), linalg.eigh, signs by the largest component. */
  @Test
  void agreesWithNumpy() {
    Whitening whitening = fit(SIX, new WhiteningOptions(3, 0.5, 1e-10, 0));
    assertThat(whitening.eigenvalues())
        .containsExactly(
            new double[] {2.306056754729772, 1.797447416133389, 0.08573194024794975},
            within(1e-13));
    assertThat(rows(whitening))
        .containsExactly(
            new double[] {
              0.5569924627859554, -0.12409701816324356, 0.32863353167251463, //
              -0.09396310780574496, 0.6254234420132457, 0.39542503897769066,
              -1.7703564282183248, -1.7461728862050634, 2.3411498354142726
            },
            within(2e-7));
    assertThat(whitening.explainedVariance()).isEqualTo(1);

    Whitening two = fit(SIX, new WhiteningOptions(2, 0.25, 1e-10, 0.2));
    assertThat(two.project(new float[] {2, 2, 2}))
        .containsExactly(new float[] {0.451716f, 0.892162f}, within(1e-6f));
    assertThat(two.explainedVariance()).isCloseTo(1 - 0.0857319 / 4.1892361, within(1e-6));
  }

  @Test
  void whitenedDescriptorsHaveUnitCovariance() {
    int d = 24;
    float[][] vectors = mixed(400, d, SEED);
    Whitening whitening = fit(vectors, new WhiteningOptions(d, 0.5, 1e-10, 0));
    Moments whitened = Moments.full(d);
    for (float[] x : vectors) {
      whitened.add(unnormalised(whitening, x));
    }
    for (int i = 0; i < d; i++) {
      double[] row = whitened.row(i);
      for (int j = i; j < d; j++) {
        double expected = i == j ? 1 : 0;
        assertThat(row[j - i] / 400).as("seed %d", SEED).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Test
  void projectionIsTheUnitVectorOfTheLinearMap() {
    float[][] vectors = mixed(60, 130, SEED);
    Whitening whitening = fit(vectors, PLAIN);
    assertThat(whitening.dimension()).isEqualTo(8);
    for (float[] x : vectors) {
      float[] expected = unnormalised(whitening, x);
      double norm = 0;
      for (float value : expected) {
        norm += (double) value * value;
      }
      float[] actual = whitening.project(x);
      for (int k = 0; k < expected.length; k++) {
        assertThat(actual[k])
            .as("seed %d", SEED)
            .isCloseTo((float) (expected[k] / Math.sqrt(norm)), within(1e-6f));
      }
    }
  }

  @Test
  void blocksHaveTheBitsOfSingleProjections() {
    int d = 130;
    float[][] vectors = mixed(50, d, SEED);
    Whitening whitening = fit(vectors, WhiteningOptions.defaults());
    float[] in = new float[50 * d];
    for (int v = 0; v < 50; v++) {
      System.arraycopy(vectors[v], 0, in, v * d, d);
    }
    int out = whitening.dimension();
    float[] block = new float[50 * out];
    whitening.project(in, 50, block);
    for (int v = 0; v < 50; v++) {
      assertThat(Arrays.copyOfRange(block, v * out, (v + 1) * out))
          .as("seed %d vector %d", SEED, v)
          .isEqualTo(whitening.project(vectors[v]));
    }
  }

  @Test
  void theMeanItselfBecomesTheZeroVector() {
    Whitening whitening = fit(new float[][] {{1, 0}, {3, 4}, {2, 2}}, PLAIN);
    assertThat(whitening.project(new float[] {2, 2})).containsExactly(0f);
    assertThat(Math.abs(whitening.project(new float[] {3, 4})[0])).isEqualTo(1f);
  }

  @Test
  void refusesDescriptorsThatAreNotFinite() {
    Whitening whitening = fit(SIX, WhiteningOptions.defaults());
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> whitening.project(new float[] {1, 1, bad}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("component 2")
          .hasMessageContaining(String.valueOf(bad));
    }
    assertThatThrownBy(() -> whitening.project(new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 × 3");
  }

  @Test
  void copiesOfFewImagesDoNotPassForRank() {
    float[][] distinct = mixed(12, 40, SEED);
    float[][] vectors = new float[600][];
    Arrays.setAll(vectors, i -> distinct[i % 12]);
    Whitening whitening = fit(vectors, PLAIN);
    assertThat(whitening.rank()).as("seed %d", SEED).isEqualTo(11);
    assertThat(whitening.dimension()).isEqualTo(5);
    assertThat(whitening.warning()).isEmpty();
    assertThat(whitening.reason()).contains("600 descriptors").contains("rank 11");
    assertThatThrownBy(() -> fit(vectors, new WhiteningOptions(12, 0.5, 1e-10, 0.1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank 11");
    assertThat(fit(vectors, new WhiteningOptions(9, 0.5, 1e-10, 0)).warning())
        .hasValueSatisfying(text -> assertThat(text).contains("9 dimensions").contains("rank 11"));
  }

  @Test
  void refusesMomentsWithoutSpread() {
    float[][] equal = new float[9][5];
    for (float[] x : equal) {
      Arrays.fill(x, 0.3f);
    }
    assertThatThrownBy(() -> fit(equal, WhiteningOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all 9 descriptors are equal");
    assertThatThrownBy(() -> fit(new float[][] {{1, 2}}, WhiteningOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 descriptors");
    assertThatThrownBy(
            () -> Whitening.fit(Moments.rows(3, 0, 2), WhiteningOptions.defaults(), JACOBI))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAutomaticDimensionKeepsRankingWhereTheRankDestroysIt() {
    float[][] vectors = groups(20, 120, SEED); // 100 images: rank 99
    double automatic = foundPartners(fit(vectors, WhiteningOptions.defaults()), vectors);
    double plain = foundPartners(fit(vectors, PLAIN), vectors);
    double full = foundPartners(fit(vectors, new WhiteningOptions(99, 0.5, 1e-10, 0)), vectors);
    assertThat(automatic).as("seed %d", SEED).isGreaterThan(0.95);
    assertThat(plain).as("seed %d", SEED).isGreaterThan(0.95);
    assertThat(full).as("seed %d", SEED).isLessThan(0.5);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new WhiteningOptions(-1, 0.5, 0, 0)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new WhiteningOptions(0, Double.NaN, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("power");
    assertThatThrownBy(() -> new WhiteningOptions(0, 0.5, 1, 0))
        .hasMessageContaining("eigenvalue-floor");
    assertThatThrownBy(() -> new WhiteningOptions(0, 0.5, 0, 1.1))
        .hasMessageContaining("shrinkage");
    assertThatThrownBy(() -> new WhiteningOptions(0, 0.5, 0, 0, Double.NaN, 1))
        .hasMessageContaining("ridge");
    assertThatThrownBy(() -> new WhiteningOptions(0, 0.5, 0, 0, -2, 1)).hasMessageContaining("-2");
    assertThatThrownBy(() -> new WhiteningOptions(0, 0.5, 0, 0, 0, 1.5))
        .hasMessageContaining("centring");
  }

  /** λ' = λ + ρ·tr/n, and c·μ subtracted, by hand on three points of a plane. */
  @Test
  void ridgeAndCentringAreWhatTheySay() {
    float[][] three = {{3, 0}, {-3, 0}, {3, 3}};
    Whitening whitening = fit(three, new WhiteningOptions(2, 0.5, 0, 0, 1.5, 0.5));
    double trace = 8 + 2;
    assertThat(Arrays.stream(whitening.eigenvalues()).sum()).isCloseTo(trace, within(1e-12));
    assertThat(whitening.mean()).containsExactly(new double[] {0.5, 0.5}, within(1e-12));
    double[] rows = rows(whitening);
    for (int k = 0; k < 2; k++) {
      double square = rows[2 * k] * rows[2 * k] + rows[2 * k + 1] * rows[2 * k + 1];
      assertThat(square)
          .isCloseTo(1 / (whitening.eigenvalues()[k] + 1.5 * trace / 3), within(1e-6));
    }
  }

  /** What few images do not span is most of what others have. */
  @Test
  void imagesUnlikeTheFewThatItWasFittedOnAreFoundAsWithoutAWhitening() {
    float[][] few = mixed(20, 400, SEED);
    float[][] others = groups(30, 400, SEED + 1);
    double automatic = foundPartners(fit(few, WhiteningOptions.defaults()), others);
    double plain = foundPartners(fit(few, PLAIN), others);
    assertThat(automatic).as("seed %d", SEED).isGreaterThan(0.99);
    assertThat(plain).as("seed %d", SEED).isLessThan(0.5);
  }

  /** All dimensions of a small descriptor: nothing is lost, and nothing but the ridge weighs. */
  @Test
  void randomDirectionsCompleteAnOrthonormalBasis() {
    int d = 40;
    Whitening whitening =
        fit(mixed(9, d, SEED), new WhiteningOptions(WhiteningOptions.AUTO, 0, 1e-10, 0, 1, 1));
    assertThat(whitening.rank()).isEqualTo(8);
    assertThat(whitening.dimension()).isEqualTo(d);
    double[] rows = rows(whitening);
    for (int a = 0; a < d; a++) {
      for (int b = a; b < d; b++) {
        double dot = 0;
        for (int i = 0; i < d; i++) {
          dot += rows[a * d + i] * rows[b * d + i];
        }
        assertThat(dot).as("rows %d, %d", a, b).isCloseTo(a == b ? 1 : 0, within(1e-5));
      }
    }
  }

  @Test
  void copiesOfFewImagesAreWhitenedAsThose() {
    float[][] distinct = groups(4, 60, SEED); // 20 images
    float[][] copies = new float[400][];
    Arrays.setAll(copies, i -> distinct[i % 20]);
    Whitening once = fit(distinct, new WhiteningOptions(0, 0.5, 1e-10, 0, -1, 1));
    Whitening often = fit(copies, new WhiteningOptions(0, 0.5, 1e-10, 0, -1, 1));
    assertThat(often.rank()).isEqualTo(19);
    assertThat(often.warning()).isEmpty();
    for (int i = 0; i < 20; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(cosine(often, distinct[i], distinct[j]))
            .as("seed %d", SEED)
            .isCloseTo(cosine(once, distinct[i], distinct[j]), within(1e-4));
      }
    }
  }

  private static double cosine(Whitening whitening, float[] x, float[] y) {
    float[] a = whitening.project(x);
    float[] b = whitening.project(y);
    double dot = 0;
    for (int k = 0; k < a.length; k++) {
      dot += (double) a[k] * b[k];
    }
    return dot;
  }

  static Whitening fit(float[][] vectors, WhiteningOptions options) {
    return Whitening.fit(MomentsTest.of(vectors, vectors[0].length), options, JACOBI);
  }

  private static double[] rows(Whitening whitening) {
    int inputs = whitening.inputDimension();
    double[] rows = new double[whitening.dimension() * inputs];
    Arrays.setAll(rows, i -> whitening.column(i % inputs)[i / inputs]);
    return rows;
  }

  private static float[] unnormalised(Whitening whitening, float[] x) {
    float[] y = new float[whitening.dimension()];
    for (int k = 0; k < y.length; k++) {
      double sum = 0;
      for (int i = x.length - 1; i >= 0; i--) {
        sum += whitening.column(i)[k] * (x[i] - whitening.mean()[i]);
      }
      y[k] = (float) sum;
    }
    return y;
  }

  /** Non-negative, correlated, of very different scales. */
  static float[][] mixed(int n, int d, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[n][d];
    for (float[] x : vectors) {
      float common = random.nextFloat();
      for (int i = 0; i < d; i++) {
        x[i] = (common + random.nextFloat()) / (1 + i % 11);
      }
    }
    return vectors;
  }

  /** Five images each of so many things: what they share, and noise of half its size. */
  private static float[][] groups(int groups, int d, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[5 * groups][d];
    for (int g = 0; g < groups; g++) {
      for (int i = 0; i < d; i++) {
        float shared = (float) random.nextGaussian();
        for (int member = 5 * g; member < 5 * (g + 1); member++) {
          vectors[member][i] = shared + 0.5f * (float) random.nextGaussian();
        }
      }
    }
    return vectors;
  }

  /** Share of the images whose nearest other image is of their group. */
  private static double foundPartners(Whitening whitening, float[][] vectors) {
    float[][] projected = new float[vectors.length][];
    Arrays.setAll(projected, i -> whitening.project(vectors[i]));
    int found = 0;
    for (int q = 0; q < vectors.length; q++) {
      found += nearest(projected, q) / 5 == q / 5 ? 1 : 0;
    }
    return found / (double) vectors.length;
  }

  private static int nearest(float[][] vectors, int query) {
    int best = -1;
    double similarity = -2;
    for (int other = 0; other < vectors.length; other++) {
      double dot = 0;
      for (int k = 0; k < vectors[query].length; k++) {
        dot += (double) vectors[query][k] * vectors[other][k];
      }
      if (other != query && dot > similarity) {
        similarity = dot;
        best = other;
      }
    }
    return best;
  }
}
