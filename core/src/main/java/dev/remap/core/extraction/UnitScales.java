package dev.remap.core.extraction;

/** Descriptors at L2 norm 1, before and after; zeros stay zeros, and NaN spreads. */
abstract class UnitScales implements ScaleCombination.Combined {
  final double[] combined;

  UnitScales(int dimension) {
    combined = new double[dimension];
  }

  /** Takes component {@code i} of a descriptor of length one. */
  abstract void add(int i, double x);

  /** The component that was combined. */
  abstract double end(double combined);

  @Override
  public void add(Scale scale, float[] raw) {
    double squares = 0;
    for (double x : raw) {
      squares += x * x;
    }
    double norm = squares == 0 ? 1 : Math.sqrt(squares);
    for (int i = 0; i < raw.length; i++) {
      add(i, raw[i] / norm);
    }
  }

  @Override
  public float[] descriptor() {
    double squares = 0;
    double[] ended = new double[combined.length];
    for (int i = 0; i < ended.length; i++) {
      ended[i] = end(combined[i]);
      squares += ended[i] * ended[i];
    }
    double norm = squares == 0 ? 1 : Math.sqrt(squares);
    float[] descriptor = new float[ended.length];
    for (int i = 0; i < ended.length; i++) {
      descriptor[i] = (float) (ended[i] / norm);
    }
    return descriptor;
  }
}
