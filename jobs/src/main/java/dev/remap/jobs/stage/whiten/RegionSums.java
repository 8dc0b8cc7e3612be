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
    moments.addSums(count, sum);
    for (int i = 0; i < rows.length; i++) {
      moments.addRow(i, rows[i]);
    }
  }

  Moments moments() {
    Moments moments = Moments.full(sum.length);
    addTo(moments);
    return moments;
  }
}
