package dev.remap.core.rerank;

import java.util.List;

/**
 * αQE (Radenović et al., TPAMI 2018): as {@link AverageExpansion}, each of the best weighted by the
 * power α of its inner product with the query. What is turned away from the query, with a product
 * below 0, weighs nothing.
 */
public final class AlphaExpansion {
  private AlphaExpansion() {}

  /**
   * The query that asks again, of length one.
   *
   * @param best vectors of length one
   * @param alpha 0 or more
   */
  public static float[] expand(float[] query, List<float[]> best, double alpha) {
    VectorSum sum = new VectorSum(query);
    for (float[] vector : best) {
      double product = VectorSum.dot(query, vector);
      if (product > 0) {
        sum.add(vector, StrictMath.pow(product, alpha));
      }
    }
    return sum.normalized(query);
  }
}
