package dev.remap.core.training;

/** Region vectors times their weights α, summed per tap, the taps one after the other. */
record WeightedSums(HeadShape shape) implements HeadPooling {
  @Override
  public double[] pool(float[] regions, Parameters parameters) {
    double[] sums = new double[shape.dimension()];
    int at = 0;
    int to = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = parameters.alpha()[weight++];
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
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        to.alpha()[weight++] += Vectors.dot(bySums, from, regions, at, channels);
        at += channels;
      }
      from += channels;
    }
  }

  @Override
  public float[] byParts(float[] regions, double[] bySums, Parameters parameters) {
    float[] byRegions = new float[shape.length()];
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = parameters.alpha()[weight++];
        for (int c = 0; c < channels; c++) {
          byRegions[at++] = (float) (alpha * bySums[from + c]);
        }
      }
      from += channels;
    }
    return byRegions;
  }
}
