package dev.remap.index.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.jfaiss.NativeVectors.Lloyd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of a training, one by one. */
class StepwiseTrainingTest {
  private static final int SEED = 5;
  private static final int D = 16;
  private static final int N = 1500;
  private static final float[] DATA = TestVectors.clustered(N, D, SEED).values();
  private static final float[] NO_ROTATION = new float[0];

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"IVF24,PQ4x5np", "IVF24_HNSW8,PQ8x4np", "OPQ4_12,IVF24,PQ4x5np"})
  void stepByStepGivesTheBytesOfOneTraining(String text) {
    TrainingSteps steps = steps(text, TrainingSteps.Start.DRAWN);

    try (Quantizer whole = Quantizer.train(steps.spec(), D, DATA, N, SEED, line -> {});
        Quantizer made = train(steps, DATA)) {
      assertThat(made.write(folder.resolve("steps")))
          .isEqualTo(whole.write(folder.resolve("whole")));
    }
  }

  private static TrainingSteps steps(String text, TrainingSteps.Start start) {
    return new TrainingSteps(IndexSpec.parse(text), D, SEED, start);
  }

  private static Quantizer train(TrainingSteps steps, float[] data) {
    int n = data.length / D;
    float[] rotation = steps.rotation(data, n, line -> {});
    float[] vectors = rotation.length == 0 ? data : NativeVectors.multiply(rotation, D, data, n);
    float[] centroids = steps.centroids(vectors, n, line -> {});
    float[] residuals = steps.residuals(centroids, vectors, n, line -> {});
    List<float[]> codes =
        steps.subQuantizers().stream().map(part -> part.train(part.columns(residuals))).toList();
    return steps.quantizer(rotation, centroids, codes, line -> {});
  }

  @ParameterizedTest
  @ValueSource(strings = {"IVF24,PQ4x5np", "IVF24_HNSW8,PQ8x4np", "OPQ4_12,IVF24,PQ4x5np"})
  void aTrainingThatBeginsWithItsOwnResultChangesLittle(String text) {
    float[] more = TestVectors.clustered(N, D, SEED + 1).values();
    try (Quantizer first = train(steps(text, TrainingSteps.Start.DRAWN), DATA)) {
      TrainingSteps warm = steps(text, TrainingSteps.Start.of(first));
      List<String> lines = new ArrayList<>();
      float[] rotation = warm.rotation(DATA, N, line -> {});
      float[] vectors = rotation.length == 0 ? DATA : NativeVectors.multiply(rotation, D, DATA, N);

      float[] centroids = warm.centroids(vectors, N, lines::add);

      assertThat(rotation).isEqualTo(first.index().rotation());
      assertThat(lines).hasSizeBetween(1, 3);
      assertThat(objective(vectors, centroids))
          .isLessThanOrEqualTo(objective(vectors, first.index().centroids()));
      try (Quantizer again = train(warm, more);
          Quantizer same = train(warm, more)) {
        assertThat(again.spec()).isEqualTo(first.spec());
        assertThat(again.index().rotation()).isEqualTo(rotation);
        assertThat(again.modelFingerprint())
            .isEqualTo(same.modelFingerprint())
            .isNotEqualTo(first.modelFingerprint());
      }
    }
  }

  private static double objective(float[] vectors, float[] centroids) {
    float[] distances = new float[N];
    int d = vectors.length / N;
    NativeVectors.nearest(centroids, d, vectors, N, new int[N], distances);
    double sum = 0;
    for (float distance : distances) {
      sum += distance;
    }
    return sum;
  }

  @Test
  void centroidsToStartFromAreWhereTheIterationsBegin() {
    float[] start = Arrays.copyOfRange(DATA, 100 * D, 110 * D);
    int[] rows = new int[N];
    NativeVectors.nearest(start, D, DATA, N, rows, new float[N]);
    double[] sums = new double[start.length];
    int[] sizes = new int[10];
    for (int i = 0; i < N; i++) {
      sizes[rows[i]]++;
      for (int j = 0; j < D; j++) {
        sums[rows[i] * D + j] += DATA[i * D + j];
      }
    }

    float[] once = NativeVectors.cluster(DATA, N, D, new Lloyd(10, 1, SEED, start, 0), line -> {});

    for (int i = 0; i < once.length; i++) {
      assertThat(once[i]).isCloseTo((float) (sums[i] / sizes[i / D]), within(1e-5f));
    }
  }

  @Test
  void theNearestOfManyCentroidsIsTheNearestOfAll() {
    // More than are looked at together, some of them equal.
    int d = 1 << 13;
    int k = 1100;
    int n = 9;
    Random random = new Random(SEED);
    float[] centroids = new float[k * d];
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = random.nextInt(100);
    }
    System.arraycopy(centroids, 3 * d, centroids, 1050 * d, d);
    float[] vectors = Arrays.copyOf(centroids, n * d);
    System.arraycopy(centroids, 1099 * d, vectors, 8 * d, d);
    vectors[8 * d] += 2;
    int[] rows = new int[n];
    float[] distances = new float[n];

    NativeVectors.nearest(centroids, d, vectors, n, rows, distances);

    assertThat(rows).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 1099);
    assertThat(distances).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 4);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    TrainingSteps steps = steps("IVF24,PQ4x5np", TrainingSteps.Start.DRAWN);
    float[] middles = Arrays.copyOf(DATA, 24 * D);
    List<float[]> codes = List.of(Arrays.copyOf(DATA, 32 * D));

    assertThatThrownBy(() -> steps.residuals(Arrays.copyOf(middles, D), DATA, N, line -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the centroids are 16 numbers: expected 24 x 16");
    assertThatThrownBy(() -> steps.residuals(middles, DATA, 31, line -> {}))
        .hasMessageContaining("n = 31 vectors are too few for codes of 5 bits");
    assertThatThrownBy(() -> steps.quantizer(middles, middles, codes, line -> {}))
        .hasMessageContaining("the OPQ matrix has 384 numbers: expected 0 x 16");
    assertThatThrownBy(() -> steps.quantizer(NO_ROTATION, middles, List.of(DATA), line -> {}))
        .hasMessageContaining("the codebook has 24000 numbers: expected 32 x 16");
    assertThatThrownBy(() -> cluster(3, Lloyd.drawn(4, 5, SEED)))
        .hasMessageContaining("n = 3 vectors are too few for k = 4 clusters");
    assertThatThrownBy(() -> cluster(9, new Lloyd(4, 5, SEED, Arrays.copyOf(DATA, D), 0)))
        .hasMessageContaining("start has 16 numbers: expected 4 x 16, or none");
    assertThatThrownBy(() -> cluster(9, new Lloyd(4, 5, SEED, NO_ROTATION, Double.NaN)))
        .hasMessageContaining("leastGain must be in 0..1, is nan");
    assertThatThrownBy(
            () -> NativeVectors.nearest(NO_ROTATION, D, DATA, 2, new int[2], new float[2]))
        .hasMessageContaining("centroids has 0 elements: expected at least 1 vectors");
    middles[5 * D + 3] = Float.NaN;
    assertThatThrownBy(() -> NativeVectors.nearest(middles, D, DATA, 2, new int[2], new float[2]))
        .hasMessageContaining("centroid 5 has component 3 = nan");
  }

  private static void cluster(int n, Lloyd lloyd) {
    NativeVectors.cluster(DATA, n, D, lloyd, line -> {});
  }
}
