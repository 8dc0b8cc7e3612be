package dev.remap.core.training;

import dev.remap.core.training.head.Vectors;

/** The mean over tuples of ½·‖q−p‖² + Σ ½·max(0, m − ‖q−n‖)². */
record ContrastiveLoss(double margin) implements RankingLoss {
  @Override
  public boolean takesTuples() {
    return true;
  }

  @Override
  public double add(Batch batch, double[][] units, double[][] gradient) {
    double sum = 0;
    int tuples = batch.tuples().length;
    for (int[] tuple : batch.tuples()) {
      double near = Vectors.distance(units[tuple[0]], units[tuple[1]]);
      sum += near * near / 2;
      TripletLoss.pull(units, gradient, tuple[0], tuple[1], near, near / tuples);
      for (int n = 2; n < tuple.length; n++) {
        double far = Vectors.distance(units[tuple[0]], units[tuple[n]]);
        double missing = Math.max(0, margin - far);
        sum += missing * missing / 2;
        TripletLoss.pull(units, gradient, tuple[0], tuple[n], far, -missing / tuples);
      }
    }
    return sum / tuples;
  }
}
