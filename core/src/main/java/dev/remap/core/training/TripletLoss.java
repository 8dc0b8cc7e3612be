package dev.remap.core.training;

import dev.remap.core.training.head.Vectors;

/** The mean over triplets of ½·max(0, m + ‖q−p‖ − ‖q−n‖). */
record TripletLoss(double margin) implements RankingLoss {
  /** Below, a distance has no direction that means anything. */
  private static final double SAME = 1e-12;

  @Override
  public boolean takesTuples() {
    return true;
  }

  @Override
  public double add(Batch batch, double[][] units, double[][] gradient) {
    int triplets = triplets(batch);
    double sum = 0;
    for (int[] tuple : batch.tuples()) {
      double near = Vectors.distance(units[tuple[0]], units[tuple[1]]);
      for (int n = 2; n < tuple.length; n++) {
        double far = Vectors.distance(units[tuple[0]], units[tuple[n]]);
        double loss = margin + near - far;
        if (loss > 0) {
          sum += loss / 2;
          pull(units, gradient, tuple[0], tuple[1], near, 0.5 / triplets);
          pull(units, gradient, tuple[0], tuple[n], far, -0.5 / triplets);
        } else if (Double.isNaN(loss)) {
          return Double.NaN;
        }
      }
    }
    return sum / triplets;
  }

  /** Of a batch: as many as there are negatives. */
  static int triplets(Batch batch) {
    int triplets = 0;
    for (int[] tuple : batch.tuples()) {
      triplets += tuple.length - 2;
    }
    return triplets;
  }

  /** Adds the gradient of {@code factor}·‖a−b‖. */
  static void pull(
      double[][] units, double[][] gradient, int a, int b, double distance, double factor) {
    if (distance > SAME) {
      double each = factor / distance;
      for (int i = 0; i < units[a].length; i++) {
        double by = each * (units[a][i] - units[b][i]);
        gradient[a][i] += by;
        gradient[b][i] -= by;
      }
    }
  }
}
