package dev.remap.core.pooling;

import java.util.List;

/**
 * Cross-dimensional weighting of the last layer (Kalantidis, Mellina, Osindero, ECCV Workshops
 * 2016, with the powers a = b = 2 of the authors' code). With S = Σ_c x_c the weight of a cell is
 * (S / ‖S‖₂)^½, and with Q_c the share of cells where channel c is not zero, the weight of a
 * channel is I_c = ln(ΣQ / Q_c), 0 where Q_c = 0. f_c = I_c · Σ cells' weight · x_c, then
 * L2-normalised.
 *
 * <p>Made for maps that are nowhere negative, as after a ReLU; elsewhere a cell whose S is negative
 * has the weight 0.
 *
 * <p>C×H×W in, C out. A map of zeros gives zeros, and so does one where all channels but one are
 * zero, since its I_c is ln 1; of a constant map without zeros, or of one cell, all active channels
 * have the same I_c.
 */
record Crow() implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "crow",
          "sum of the last layer, cells and channels weighted (Kalantidis, Mellina, Osindero 2016)",
          List.of(),
          (settings, taps) -> new Crow(),
          node -> new Crow());

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    double[] pooled = LastLayer.weighted(rows, ofCells(LastLayer.sums(rows)));
    double[] ofChannels = ofChannels(rows);
    for (int c = 0; c < pooled.length; c++) {
      pooled[c] *= ofChannels[c];
    }
    return pooled;
  }

  private static double[] ofCells(double[] sums) {
    double squares = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.max(sums[i], 0);
      squares += sums[i] * sums[i];
    }
    double norm = squares == 0 ? 1 : Math.sqrt(squares);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.sqrt(sums[i] / norm);
    }
    return sums;
  }

  private static double[] ofChannels(float[][] rows) {
    double[] shares = new double[rows.length];
    double all = 0;
    for (int c = 0; c < rows.length; c++) {
      int active = 0;
      for (float cell : rows[c]) {
        active += cell == 0 ? 0 : 1;
      }
      shares[c] = (double) active / rows[c].length;
      all += shares[c];
    }
    for (int c = 0; c < shares.length; c++) {
      shares[c] = shares[c] == 0 ? 0 : StrictMath.log(all / shares[c]);
    }
    return shares;
  }
}
