package dev.remap.core.rerank;

import java.util.Random;

/** Vectors of length one, some of them near each other. */
final class RandomVectors {
  private RandomVectors() {}

  static float[][] of(int count, int dimension, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      float[] near = i > 3 && random.nextBoolean() ? vectors[random.nextInt(i)] : null;
      float[] vector = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        vector[d] = (float) random.nextGaussian() * (near == null ? 1 : 0.2f);
        vector[d] += near == null ? 0 : near[d];
      }
      vectors[i] = new VectorSum(vector).normalized(vector);
    }
    return vectors;
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * (double) b[i];
    }
    return sum;
  }
}
