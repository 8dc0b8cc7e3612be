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

  /**
   * Several as one: the maps of the first, then those of the next. All see the same pixels, which
   * each scales by its own card.
   */
  static Network joined(List<Network> networks) {
    return networks.size() == 1 ? networks.get(0) : new JoinedNetworks(networks);
  }

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
