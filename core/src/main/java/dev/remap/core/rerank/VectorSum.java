package dev.remap.core.rerank;

/** A weighted sum of vectors in double precision, in the order in which they are added. */
public final class VectorSum {
  private final double[] sum;

  /** Nothing yet. */
  public VectorSum(int dimension) {
    sum = new double[dimension];
  }

  /** One vector, of weight 1. */
  VectorSum(float[] first) {
    this(first.length);
    add(first, 1);
  }

  /** Adds one more. */
  public void add(float[] vector, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * vector[i];
    }
  }

  /**
   * The sum at length one.
   *
   * @param otherwise stands for a sum of zeros, which has no direction
   */
  public float[] normalized(float[] otherwise) {
    double squares = 0;
    for (double value : sum) {
      squares += value * value;
    }
    return squares == 0 ? otherwise.clone() : dividedBy(Math.sqrt(squares));
  }

  /** The sum divided by a number above 0. */
  float[] dividedBy(double divisor) {
    float[] vector = new float[sum.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (sum[i] / divisor);
    }
    return vector;
  }

  /** Inner product, summed in the order of components. */
  static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }
}
