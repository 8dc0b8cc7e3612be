package dev.remap.core.training;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.core.extraction.ParallelFor;
import java.util.Arrays;

/** How well images find the others of their groups by exact search. */
final class LeaveOneOut {
  private LeaveOneOut() {}

  /**
   * The average precision (trapezoidal) of each query's ranking of the gallery without itself; NaN
   * if its group has no other image there.
   *
   * @param units descriptors of all images
   * @param groups of all images
   * @param queries places of images
   * @param gallery places of images; of equal ones the earlier comes first
   * @param searching whose threads decide nothing
   */
  static double[] precisions(
      float[][] units, int[] groups, int[] queries, int[] gallery, ParallelFor searching) {
    double[] precisions = new double[queries.length];
    searching.run(
        0, queries.length, q -> precisions[q] = precision(units, groups, queries[q], gallery));
    return precisions;
  }

  private static double precision(float[][] units, int[] groups, int query, int[] gallery) {
    long[] ranking = Ranking.of(units, query, gallery);
    int[] ranks = new int[gallery.length];
    int found = 0;
    int rank = 0;
    for (long entry : ranking) {
      int image = gallery[Ranking.position(entry)];
      if (image != query) {
        if (groups[image] == groups[query]) {
          ranks[found++] = rank;
        }
        rank++;
      }
    }
    return found == 0
        ? Double.NaN
        : AveragePrecision.trapezoidal(Arrays.copyOf(ranks, found), found);
  }

  static double mean(double[] precisions) {
    return Arrays.stream(precisions).filter(p -> !Double.isNaN(p)).average().orElse(Double.NaN);
  }
}
