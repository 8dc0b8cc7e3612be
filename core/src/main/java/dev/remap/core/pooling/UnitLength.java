package dev.remap.core.pooling;

/** Division by the L2 norm, which is where sums in double become floats. */
final class UnitLength {
  private UnitLength() {}

  /** Values of that length and the direction of these; zeros stay zeros, and NaN spreads. */
  static void write(double[] values, double length, float[] out, int offset) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    double factor = squares == 0 ? 0 : length / Math.sqrt(squares);
    for (int i = 0; i < values.length; i++) {
      out[offset + i] = (float) (factor * values[i]);
    }
  }
}
