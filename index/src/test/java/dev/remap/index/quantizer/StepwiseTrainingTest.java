package dev.remap.index.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.NativeVectors;
import java.nio.file.Path;
import java.util.Arrays;
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
  private static final int ITERATIONS = 20;
  private static final float[] DATA = TestVectors.clustered(N, D, SEED).values();
  private static final float[] NO_ROTATION = new float[0];

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"IVF24,PQ4x5np", "IVF24_HNSW8,PQ8x4np", "OPQ4_12,IVF24,PQ4x5np"})
  void stepByStepGivesTheBytesOfOneTraining(String text) {
    IndexSpec spec = IndexSpec.parse(text);
    int seed = Long.hashCode(SEED);
    boolean opq = spec.opqDimension() > 0;
    float[] rotation = opq ? Quantizer.rotation(spec, D, DATA, N, SEED, line -> {}) : NO_ROTATION;
    float[] rotated = opq ? NativeVectors.multiply(rotation, D, DATA, N) : DATA;
    int d = rotated.length / N;
    float[] centroids = NativeVectors.cluster(rotated, N, d, spec.lists(), ITERATIONS, seed);

    try (Quantizer whole = Quantizer.train(spec, D, DATA, N, SEED, line -> {});
        Quantizer steps =
            Quantizer.complete(spec, D, rotation, centroids, rotated, N, SEED, line -> {})) {
      assertThat(steps.write(folder.resolve("steps")))
          .isEqualTo(whole.write(folder.resolve("whole")));
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
    IndexSpec spec = IndexSpec.parse("IVF24,PQ4x5np");
    float[] middles = Arrays.copyOf(DATA, 24 * D);

    assertThatThrownBy(
            () ->
                Quantizer.complete(
                    spec, D, NO_ROTATION, Arrays.copyOf(middles, D), DATA, N, SEED, line -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the centroids are 16 numbers: expected 24 x 16");
    assertThatThrownBy(
            () -> Quantizer.complete(spec, D, middles, middles, DATA, N, SEED, line -> {}))
        .hasMessageContaining("the OPQ matrix has 384 numbers: expected 0 x 16");
    assertThatThrownBy(
            () -> Quantizer.complete(spec, D, NO_ROTATION, middles, DATA, 31, SEED, line -> {}))
        .hasMessageContaining("n = 31 vectors are too few for codes of 5 bits");
    assertThatThrownBy(() -> NativeVectors.cluster(DATA, 3, D, 4, 5, SEED))
        .hasMessageContaining("n = 3 vectors are too few for k = 4 clusters");
    assertThatThrownBy(
            () -> NativeVectors.nearest(NO_ROTATION, D, DATA, 2, new int[2], new float[2]))
        .hasMessageContaining("centroids has 0 elements: expected at least 1 vectors");
    middles[5 * D + 3] = Float.NaN;
    assertThatThrownBy(() -> NativeVectors.nearest(middles, D, DATA, 2, new int[2], new float[2]))
        .hasMessageContaining("centroid 5 has component 3 = nan");
  }
}
