package dev.remap.core.rerank;

import java.util.Arrays;

/**
 * Re-ranking by heat diffusion (Pang et al., IEEE TMM 2018): a query and its best are nodes of a
 * network, the query is kept at temperature 1, the ground at 0, and the best are ranked by how warm
 * they become. Two nodes conduct by the product of their vectors, less the mean of all, if that is
 * above 0; each node conducts to the ground by a share of the mean of these products.
 *
 * @param ground that share, above 0
 */
public record Heat(double ground) {
  /** Below it, products of vectors in float32 are noise. */
  private static final double LEAST = 1e-6;

  /**
   * The temperatures of the best, in 0..1; 0 of what the query does not reach.
   *
   * @param best vectors, in the order in which they were found
   */
  public double[] scores(float[] query, float[][] best) {
    int self = best.length;
    float[][] all = Arrays.copyOf(best, self + 1);
    all[self] = query;
    double[][] conductances = conductances(centred(all));
    double mean = meanAboveZero(conductances);
    if (mean == 0) {
      return new double[self];
    }
    double[] warm = warmed(laplacian(conductances, ground * mean));
    return Arrays.stream(warm, 0, self).map(it -> it / warm[self]).toArray();
  }

  private static double[][] centred(float[][] all) {
    double[] mean = new double[all[0].length];
    for (float[] vector : all) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += (double) vector[d] / all.length;
      }
    }
    double[][] centred = new double[all.length][mean.length];
    for (int i = 0; i < all.length; i++) {
      for (int d = 0; d < mean.length; d++) {
        centred[i][d] = all[i][d] - mean[d];
      }
    }
    return centred;
  }

  /** Products of each with those before it. */
  private static double[][] conductances(double[][] vectors) {
    double[][] products = new double[vectors.length][];
    for (int i = 0; i < vectors.length; i++) {
      products[i] = new double[i];
      for (int j = 0; j < i; j++) {
        double sum = 0;
        for (int d = 0; d < vectors[i].length; d++) {
          sum += vectors[i][d] * vectors[j][d];
        }
        products[i][j] = sum < LEAST ? 0 : sum;
      }
    }
    return products;
  }

  private static double meanAboveZero(double[][] products) {
    return Arrays.stream(products)
        .flatMapToDouble(Arrays::stream)
        .filter(product -> product > 0)
        .average()
        .orElse(0);
  }

  /** The lower triangle of degrees less conductances, without the ground's row. */
  private static double[][] laplacian(double[][] conductances, double toGround) {
    double[][] lower = new double[conductances.length][];
    for (int i = 0; i < lower.length; i++) {
      lower[i] = new double[i + 1];
      lower[i][i] += toGround;
      for (int j = 0; j < i; j++) {
        lower[i][j] = -conductances[i][j];
        lower[i][i] += conductances[i][j];
        lower[j][j] += conductances[i][j];
      }
    }
    return lower;
  }

  /** What heat at the last node makes of all: the last column of the inverse, by Cholesky's. */
  private static double[] warmed(double[][] matrix) {
    int size = matrix.length;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i][j];
        for (int k = 0; k < j; k++) {
          rest -= matrix[i][k] * matrix[j][k];
        }
        matrix[i][j] = i == j ? Math.sqrt(rest) : rest / matrix[j][j];
      }
    }
    double[] warm = new double[size];
    // Forward substitution leaves all but the last at 0.
    warm[size - 1] = 1 / matrix[size - 1][size - 1];
    for (int i = size - 1; i >= 0; i--) {
      warm[i] /= matrix[i][i];
      for (int j = 0; j < i; j++) {
        warm[j] -= matrix[i][j] * warm[i];
      }
    }
    return warm;
  }
}
