package dev.remap.core.extraction;

/** Σ weight · raw descriptor, in float, as from the first version on. */
final class WeightedSum implements ScaleCombination.Combined {
  private final float[] sum;

  WeightedSum(int dimension) {
    sum = new float[dimension];
  }

  @Override
  public void add(Scale scale, float[] raw) {
    for (int i = 0; i < raw.length; i++) {
      sum[i] += scale.weight() * raw[i];
    }
  }

  @Override
  public float[] descriptor() {
    return sum;
  }
}
