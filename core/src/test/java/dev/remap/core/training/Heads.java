package dev.remap.core.training;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import java.util.Random;

/** Whitenings for heads. */
final class Heads {
  private Heads() {}

  /** One of random descriptors. */
  static Whitening whitening(int inputs, int dimension, long seed) {
    Random random = new Random(seed);
    Moments moments = Moments.full(inputs);
    for (int i = 0; i < 10 * inputs; i++) {
      float[] x = new float[inputs];
      for (int c = 0; c < inputs; c++) {
        x[c] = (float) (1 + random.nextGaussian() * (c + 1));
      }
      moments.add(x);
    }
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return Whitening.fit(moments, new WhiteningOptions(dimension, 0.5, 1e-10, 0), solver);
    }
  }
}
