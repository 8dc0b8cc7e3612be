package dev.remap.jobs.sample;

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

  /** 1 − half of a squared distance: of vectors of length one, their inner product. */
  public static float of(float distance) {
    return 1 - distance / 2;
  }

  /** The score of two vectors. */
  public static float of(float[] one, float[] other) {
    return of(distance(one, other));
  }
}
