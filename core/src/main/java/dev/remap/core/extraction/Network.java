package dev.remap.core.extraction;

import dev.remap.core.backbone.Backbone;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.image.ImageShape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** What an extraction needs of a backbone. Safe for several threads at once. */
interface Network extends AutoCloseable {
  /** Hands the feature maps of a batch to {@code use}; they are valid only meanwhile. */
  void forward(ByteBuffer nhwc, int batch, ImageShape shape, Consumer<List<FeatureMap>> use);

  @Override
  void close();

  static Network of(Backbone backbone) {
    return new Network() {
      @Override
      public void forward(
          ByteBuffer nhwc, int batch, ImageShape shape, Consumer<List<FeatureMap>> use) {
        try (FeatureMaps maps = backbone.forward(nhwc, batch, shape)) {
          use.accept(maps.taps());
        }
      }

      @Override
      public void close() {
        backbone.close();
      }
    };
  }
}
