package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Moments of regions on their way from a task: n, Σx and the upper triangle of Σxxᵀ.
 *
 * @param rows row i has columns i to D−1
 */
@SuppressWarnings("ArrayRecordComponent") // Carries numbers; never compared.
record RegionSums(long count, double[] sum, double[][] rows) implements Serializable {
  static RegionSums of(Moments moments) {
    return new RegionSums(
        moments.count(),
        moments.sum(),
        IntStream.range(0, moments.dimension()).mapToObj(moments::row).toArray(double[][]::new));
  }

  void addTo(Moments moments) {
    moments.merge(moments());
  }

  /** Not a copy: the sums must not be changed afterwards. */
  Moments moments() {
    return Moments.summed(count, sum, rows);
  }
}
