package dev.remap.core.pooling;

import java.util.Arrays;
import java.util.List;

/**
 * Maximum activations of the last layer: f_c = max over cells of x, then L2-normalised (Tolias,
 * Sicre, Jégou, ICLR 2016, section 3).
 *
 * <p>C×H×W in, C out. A map of zeros gives zeros; of a constant map, or of one cell, that cell's
 * activations at length one.
 */
public record Mac() implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "mac",
          "maxima of the last layer (Tolias, Sicre, Jégou 2016)",
          List.of(),
          (settings, taps) -> new Mac(),
          node -> new Mac());

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public boolean takesOneCell() {
    return true;
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    double[] maxima = new double[rows.length];
    Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
    for (int c = 0; c < maxima.length; c++) {
      for (float cell : rows[c]) {
        // NaN is the larger of any two.
        maxima[c] = Math.max(maxima[c], cell);
      }
    }
    return maxima;
  }
}
