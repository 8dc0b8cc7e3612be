package dev.remap.jobs.stage.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClusterSplitTest {
  private static final float UP = 1 + 1 / 1024f;
  private static final float DOWN = 1 - 1 / 1024f;

  private static float[] split(long[] sizes, float... centroids) {
    return ClusterSplit.of(centroids, sizes);
  }

  @Test
  void anEmptyClusterGetsHalfOfTheLargest() {
    assertThat(split(new long[] {3, 0, 8, 2}, 1, 1, 2, 2, 3, 3, 4, 4))
        .containsExactly(1, 1, 3 * UP, 3 * DOWN, 3 * DOWN, 3 * UP, 4, 4);
  }

  @Test
  void halvesAreHalvedInTurn() {
    // 8 into 4 and 4, the first of which again; then nothing is larger than 3.
    float[] split = split(new long[] {8, 0, 3, 0}, 1, 1, 9, 9, 3, 3, 9, 9);

    assertThat(split[2]).isEqualTo(UP);
    assertThat(split[6]).isEqualTo(DOWN * UP);
    assertThat(Arrays.copyOfRange(split, 4, 6)).containsExactly(3, 3);
  }

  @Test
  void singleVectorsAreNotHalved() {
    assertThat(split(new long[] {1, 0, 1}, 1, 2, 3)).containsExactly(1, 2, 3);
  }

  @Test
  void aThousandEmptyOnesLeaveNone() {
    long[] sizes = new long[1001];
    sizes[700] = 5000;
    float[] centroids = new float[2002];
    Arrays.fill(centroids, 1);

    float[] split = split(sizes, centroids);

    assertThat(split).doesNotContain(1f);
  }
}
