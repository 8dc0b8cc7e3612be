package dev.remap.core.rerank;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Re-ranking by k-reciprocal neighbours (Zhong et al., CVPR 2017) among a query and the best that
 * it found: those are alike whose nearest, as far as they are nearest of each other, are the same.
 * Distances are squared and divided by the largest of their row; the rows of all are compared by
 * the Jaccard distance, which is mixed with the distance to the query.
 *
 * @param k1 neighbours that may be reciprocal
 * @param k2 nearest whose rows are averaged (1: none but its own)
 * @param lambda share of the distance to the query in 0..1; the rest is Jaccard's
 */
public record KReciprocal(int k1, int k2, double lambda) {
  /** Share of a neighbour's own reciprocal ones that must be known for all of them to count. */
  private static final double KNOWN = 2.0 / 3;

  /**
   * The new distances of the best to the query, in 0..1.
   *
   * @param best vectors, in the order in which they were found
   */
  public double[] distances(float[] query, float[][] best) {
    float[][] all = new float[best.length + 1][];
    all[0] = query;
    System.arraycopy(best, 0, all, 1, best.length);
    double[][] distances = distances(all);
    int[][] order = new int[all.length][];
    for (int i = 0; i < all.length; i++) {
      order[i] = order(distances[i], i);
    }
    double[][] rows = new double[all.length][];
    for (int i = 0; i < all.length; i++) {
      rows[i] = row(i, distances[i], order);
    }
    double[][] averaged = k2 == 1 ? rows : averaged(rows, order);
    double[] mixed = new double[best.length];
    for (int i = 0; i < best.length; i++) {
      double jaccard = jaccard(averaged[0], averaged[i + 1]);
      mixed[i] = (1 - lambda) * jaccard + lambda * distances[0][i + 1];
    }
    return mixed;
  }

  private static double[][] distances(float[][] all) {
    double[][] distances = new double[all.length][all.length];
    for (int i = 0; i < all.length; i++) {
      for (int j = 0; j < i; j++) {
        distances[i][j] = squared(all[i], all[j]);
        distances[j][i] = distances[i][j];
      }
    }
    for (double[] row : distances) {
      double most = Arrays.stream(row).max().orElseThrow();
      for (int j = 0; most > 0 && j < row.length; j++) {
        row[j] /= most;
      }
    }
    return distances;
  }

  private static double squared(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = (double) one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** Nearest first: itself, whatever equals it; equal ones in the order in which they are given. */
  private static int[] order(double[] distances, int self) {
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> i == self ? -1 : distances[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Those among the nearest of {@code i}, itself among them, that have it among theirs. */
  private static int[] reciprocal(int i, int k, int[][] order) {
    return nearest(i, k, order).filter(j -> nearest(j, k, order).anyMatch(it -> it == i)).toArray();
  }

  private static IntStream nearest(int i, int k, int[][] order) {
    return Arrays.stream(order[i]).limit(k + 1L);
  }

  /** What belongs to an item, by how near it is; adds up to 1. */
  private double[] row(int i, double[] distances, int[][] order) {
    int[] own = reciprocal(i, k1, order);
    boolean[] belongs = marked(own, distances.length);
    boolean[] known = belongs.clone();
    for (int j : own) {
      int[] theirs = reciprocal(j, (int) Math.rint(k1 / 2.0), order);
      long shared = Arrays.stream(theirs).filter(it -> known[it]).count();
      if (shared > KNOWN * theirs.length) {
        Arrays.stream(theirs).forEach(it -> belongs[it] = true);
      }
    }
    double[] row = new double[distances.length];
    double sum = 0;
    for (int j = 0; j < row.length; j++) {
      row[j] = belongs[j] ? StrictMath.exp(-distances[j]) : 0;
      sum += row[j];
    }
    for (int j = 0; j < row.length; j++) {
      row[j] /= sum;
    }
    return row;
  }

  private static boolean[] marked(int[] which, int size) {
    boolean[] marked = new boolean[size];
    Arrays.stream(which).forEach(i -> marked[i] = true);
    return marked;
  }

  private double[][] averaged(double[][] rows, int[][] order) {
    double[][] averaged = new double[rows.length][rows.length];
    int some = Math.min(k2, rows.length);
    for (int i = 0; i < rows.length; i++) {
      for (int n = 0; n < some; n++) {
        double[] row = rows[order[i][n]];
        for (int j = 0; j < row.length; j++) {
          averaged[i][j] += row[j] / some;
        }
      }
    }
    return averaged;
  }

  private static double jaccard(double[] one, double[] other) {
    double shared = 0;
    for (int i = 0; i < one.length; i++) {
      shared += Math.min(one[i], other[i]);
    }
    return 1 - shared / (2 - shared);
  }
}
