package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Seeded feature maps, about two thirds zeros as after a ReLU. */
final class Maps {
  private Maps() {}

  static FeatureMap random(long seed, int batch, int channels, int width, int height) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[batch * channels * width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, (float) random.nextDouble(-2, 1));
    }
    return new FeatureMap(batch, channels, height, width, FloatBuffer.wrap(values));
  }

  /** The same, as a network leaves them: native code reads no others. */
  static FeatureMap direct(FeatureMap map) {
    FloatBuffer values =
        ByteBuffer.allocateDirect(Float.BYTES * map.values().limit())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < map.values().limit(); i++) {
      values.put(i, map.values().get(i));
    }
    return new FeatureMap(map.batch(), map.channels(), map.height(), map.width(), values);
  }

  static float at(FeatureMap map, int image, int channel, int x, int y) {
    return map.values()
        .get(((image * map.channels() + channel) * map.height() + y) * map.width() + x);
  }

  static FeatureMap transposed(FeatureMap map) {
    FloatBuffer values = FloatBuffer.allocate(map.values().limit());
    for (int n = 0; n < map.batch(); n++) {
      for (int c = 0; c < map.channels(); c++) {
        for (int x = 0; x < map.width(); x++) {
          for (int y = 0; y < map.height(); y++) {
            values.put(at(map, n, c, x, y));
          }
        }
      }
    }
    return new FeatureMap(map.batch(), map.channels(), map.width(), map.height(), values.flip());
  }
}
