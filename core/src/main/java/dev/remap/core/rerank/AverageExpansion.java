package dev.remap.core.rerank;

import java.util.List;

/**
 * Average query expansion (Chum et al., ICCV 2007): the query and the best that it found, added up,
 * ask again. Of the k there may be fewer.
 */
public final class AverageExpansion {
  private AverageExpansion() {}

  /**
   * The query that asks again, of length one.
   *
   * @param best vectors of length one
   */
  public static float[] expand(float[] query, List<float[]> best) {
    VectorSum sum = new VectorSum(query);
    best.forEach(vector -> sum.add(vector, 1));
    return sum.normalized(query);
  }
}
