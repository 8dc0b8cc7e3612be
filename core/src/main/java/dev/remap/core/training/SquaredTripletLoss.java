package dev.remap.core.training;

import dev.remap.core.training.head.Vectors;

/** The mean over triplets of ½·max(0, m + ‖q−p‖² − ‖q−n‖²). */
record SquaredTripletLoss(double margin) implements RankingLoss {
  @Override
  public boolean takesTuples() {
    return true;
  }

  @Override
  public double add(Batch batch, double[][] units, double[][] gradient) {
    int triplets = TripletLoss.triplets(batch);
    double sum = 0;
    for (int[] tuple : batch.tuples()) {
      double near = Vectors.distance(units[tuple[0]], units[tuple[1]]);
      for (int n = 2; n < tuple.length; n++) {
        double far = Vectors.distance(units[tuple[0]], units[tuple[n]]);
        double loss = margin + near * near - far * far;
        if (loss > 0) {
          sum += loss / 2;
          TripletLoss.pull(units, gradient, tuple[0], tuple[1], near, near / triplets);
          TripletLoss.pull(units, gradient, tuple[0], tuple[n], far, -far / triplets);
        } else if (Double.isNaN(loss)) {
          return Double.NaN;
        }
      }
    }
    return sum / triplets;
  }
}
