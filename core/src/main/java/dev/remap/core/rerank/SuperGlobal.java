package dev.remap.core.rerank;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The re-ranking of SuperGlobal (Shao et al., ICCV 2023): each of the best is refined by those
 * nearest to it among the best, the query by the largest components of the refined ones that are
 * nearest to it, and both products count half. Products below 0 weigh nothing, so that there is
 * always something to divide by.
 *
 * @param k nearest that refine one of the best; one more of them refine the query
 * @param beta what a neighbour's product is multiplied by
 */
public record SuperGlobal(int k, double beta) {

  /**
   * The scores of the best.
   *
   * @param best vectors, in the order in which they were found
   */
  public double[] scores(float[] query, float[][] best) {
    float[][] refined = refined(best);
    double[] first = Arrays.stream(refined).mapToDouble(it -> VectorSum.dot(query, it)).toArray();
    float[] asking = largest(refined, order(first, -1));
    return IntStream.range(0, best.length)
        .mapToDouble(i -> (first[i] + VectorSum.dot(asking, refined[i])) / 2)
        .toArray();
  }

  private float[][] refined(float[][] best) {
    double[][] products = new double[best.length][best.length];
    for (int i = 0; i < best.length; i++) {
      for (int j = 0; j < i; j++) {
        products[i][j] = VectorSum.dot(best[i], best[j]);
        products[j][i] = products[i][j];
      }
    }
    float[][] refined = new float[best.length][];
    for (int i = 0; i < best.length; i++) {
      VectorSum sum = new VectorSum(best[i]);
      double weights = 1;
      int[] nearest = order(products[i], i);
      for (int n = 0; n < Math.min(k, nearest.length); n++) {
        double weight = beta * Math.max(0, products[i][nearest[n]]);
        sum.add(best[nearest[n]], weight);
        weights += weight;
      }
      refined[i] = sum.dividedBy(weights);
    }
    return refined;
  }

  /** Positions by falling products, equal ones as they come; without one's own. */
  private static int[] order(double[] products, int self) {
    return IntStream.range(0, products.length)
        .filter(i -> i != self)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -products[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private float[] largest(float[][] refined, int[] order) {
    float[] largest = refined[order[0]].clone();
    for (int n = 1; n < Math.min(k + 1, order.length); n++) {
      for (int i = 0; i < largest.length; i++) {
        largest[i] = Math.max(largest[i], refined[order[n]][i]);
      }
    }
    return largest;
  }
}
