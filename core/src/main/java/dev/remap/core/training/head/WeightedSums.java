package dev.remap.core.training.head;

import dev.remap.core.training.head.Parameters.Part;

/** Region vectors times their weights α, summed per tap, the taps one after the other. */
record WeightedSums(HeadShape shape) implements HeadPooling {
  @Override
  public int dimension() {
    return shape.dimension();
  }

  @Override
  public double[] pool(float[] regions, Parameters parameters) {
    double[] alphas = parameters.of(Part.ALPHA);
    double[] sums = new double[shape.dimension()];
    int at = 0;
    int to = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = alphas[weight++];
        for (int c = 0; c < channels; c++) {
          sums[to + c] += alpha * regions[at + c];
        }
        at += channels;
      }
      to += channels;
    }
    return sums;
  }

  @Override
  public void backward(float[] regions, double[] bySums, Parameters parameters, Parameters to) {
    double[] byAlpha = to.of(Part.ALPHA);
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        byAlpha[weight++] += Vectors.dot(bySums, from, regions, at, channels);
        at += channels;
      }
      from += channels;
    }
  }

  @Override
  public float[] byParts(float[] regions, double[] bySums, Parameters parameters) {
    double[] alphas = parameters.of(Part.ALPHA);
    float[] byRegions = new float[shape.length()];
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = alphas[weight++];
        for (int c = 0; c < channels; c++) {
          byRegions[at++] = (float) (alpha * bySums[from + c]);
        }
      }
      from += channels;
    }
    return byRegions;
  }
}
