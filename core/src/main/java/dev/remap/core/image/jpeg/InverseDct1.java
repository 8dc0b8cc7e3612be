package dev.remap.core.image.jpeg;

/** One sample: the mean. */
final class InverseDct1 extends InverseDct {
  InverseDct1(int[] steps) {
    super(1, steps);
  }

  @Override
  void put(int[] coefficients, byte[] samples, int at, int stride) {
    flat(coefficients[0], samples, at, stride);
  }
}
