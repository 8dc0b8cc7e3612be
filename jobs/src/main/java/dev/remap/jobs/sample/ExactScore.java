package dev.remap.jobs.sample;

import dev.remap.core.whitening.Metric;

/** How near two stored vectors are. */
public final class ExactScore {
  private ExactScore() {}

  /**
   * Squared L2 distance, summed in double precision in the order of components: the same both ways,
   * and 0 for equal vectors.
   */
  public static float distance(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = (double) one[i] - other[i];
      sum += difference * difference;
    }
    return (float) sum;
  }

  /** The score of two vectors of length one: their inner product. */
  public static float cosine(float[] one, float[] other) {
    return Metric.COSINE.score(distance(one, other));
  }
}
