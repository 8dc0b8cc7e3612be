package dev.remap.index;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Seeded unit vectors around a few centres, so that neighbours mean something. */
public final class TestVectors {
  private static final int CENTERS = 24;
  private static final double SPREAD = 0.4;

  private final int dimension;
  private final long[] keys;
  private final float[] values;

  public TestVectors(int dimension, long[] keys, float[] values) {
    this.dimension = dimension;
    this.keys = keys;
    this.values = values;
  }

  public static TestVectors clustered(int n, int dimension, long seed) {
    Random random = new Random(seed);
    double[][] centers = new double[CENTERS][dimension];
    for (double[] center : centers) {
      for (int j = 0; j < dimension; j++) {
        center[j] = random.nextGaussian();
      }
    }
    float[] values = new float[n * dimension];
    for (int i = 0; i < n; i++) {
      double[] center = centers[random.nextInt(CENTERS)];
      double[] x = new double[dimension];
      double norm = 0;
      for (int j = 0; j < dimension; j++) {
        x[j] = center[j] + SPREAD * random.nextGaussian();
        norm += x[j] * x[j];
      }
      for (int j = 0; j < dimension; j++) {
        values[i * dimension + j] = (float) (x[j] / Math.sqrt(norm));
      }
    }
    return new TestVectors(dimension, LongStream.range(0, n).map(i -> 3 * i + 5).toArray(), values);
  }

  public int dimension() {
    return dimension;
  }

  public long[] keys() {
    return keys;
  }

  public float[] values() {
    return values;
  }

  public int size() {
    return keys.length;
  }

  public TestVectors slice(int from, int to) {
    return new TestVectors(
        dimension,
        Arrays.copyOfRange(keys, from, to),
        Arrays.copyOfRange(values, from * dimension, to * dimension));
  }
}
