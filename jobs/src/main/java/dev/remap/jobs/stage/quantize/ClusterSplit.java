package dev.remap.jobs.stage.quantize;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Gives centroids that nothing is nearest to a half of a large cluster each: a copy of its
 * centroid, both moved a little in opposite directions, as Faiss does. Faiss draws that cluster,
 * more likely a larger one; here it is the largest.
 */
final class ClusterSplit {
  private static final float STEP = 1 / 1024f;

  private final float[] centroids;
  private final long[] sizes;
  private final int dimension;

  private ClusterSplit(float[] centroids, long[] sizes) {
    this.centroids = centroids.clone();
    this.sizes = sizes.clone();
    this.dimension = centroids.length / sizes.length;
  }

  /**
   * These centroids, without empty ones as long as there is a cluster of two vectors.
   *
   * @param sizes vectors of each
   */
  static float[] of(float[] centroids, long[] sizes) {
    ClusterSplit split = new ClusterSplit(centroids, sizes);
    split.run();
    return split.centroids;
  }

  private void run() {
    PriorityQueue<Integer> largestFirst =
        new PriorityQueue<>(
            Comparator.comparingLong((Integer id) -> -sizes[id])
                .thenComparing(Comparator.naturalOrder()));
    for (int id = 0; id < sizes.length; id++) {
      if (sizes[id] > 1) {
        largestFirst.add(id);
      }
    }
    for (int id = 0; id < sizes.length && !largestFirst.isEmpty(); id++) {
      if (sizes[id] == 0) {
        int large = largestFirst.poll();
        halve(large, id);
        for (int half : new int[] {large, id}) {
          if (sizes[half] > 1) {
            largestFirst.add(half);
          }
        }
      }
    }
  }

  private void halve(int large, int empty) {
    sizes[empty] = sizes[large] / 2;
    sizes[large] -= sizes[empty];
    for (int j = 0; j < dimension; j++) {
      float component = centroids[large * dimension + j];
      float step = j % 2 == 0 ? STEP : -STEP;
      centroids[empty * dimension + j] = component * (1 + step);
      centroids[large * dimension + j] = component * (1 - step);
    }
  }
}
