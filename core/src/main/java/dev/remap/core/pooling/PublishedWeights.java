package dev.remap.core.pooling;

import java.util.Arrays;

/**
 * The weights that REMAP's authors print for the last layer of ResNeXt-101 on photographs of
 * landmarks, 40 regions at four levels: S. S. Husain and M. Bober, "REMAP: Multi-layer entropy-
 * guided pooling of dense CNN features for image retrieval", IEEE Transactions on Image Processing
 * 28(10), 2019, figure 2f. Read off the figure, each within 0.05.
 *
 * <p>The figure has one layer; every tap takes the same map here. It is of landmarks: on
 * photographs of other things, weights of their own serve better, and sometimes none do.
 */
final class PublishedWeights {
  static final int LEVELS = 4;

  private static final float[] LAST_LAYER = {
    7.68f, 6.99f, //
    7.05f, 7.10f, 6.97f, 7.09f, 4.18f, 4.37f, //
    4.14f, 5.70f, 4.09f, 6.14f, 7.30f, 5.91f, 4.89f, 6.03f, 4.86f, 2.80f, 3.42f, 2.93f, //
    1.14f, 3.07f, 3.02f, 1.18f, 2.87f, 5.90f, 5.83f, 2.85f, 4.01f, 5.99f, 5.88f, 4.04f, 3.27f,
    4.23f, 4.30f, 3.28f, 1.93f, 2.36f, 2.32f, 1.91f
  };

  private PublishedWeights() {}

  static RegionWeights of(int taps) {
    float[][] rows = new float[taps][];
    Arrays.fill(rows, LAST_LAYER);
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, LEVELS, rows);
  }
}
