package dev.remap.core.extraction;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.image.ImageShape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several networks that see the same pixels, one after the other: their maps are alive together.
 */
record JoinedNetworks(List<Network> networks) implements Network {
  JoinedNetworks {
    networks = List.copyOf(networks);
  }

  @Override
  public void forward(
      ByteBuffer nhwc, int batch, ImageShape shape, Consumer<List<FeatureMap>> use) {
    forward(0, List.of(), nhwc, batch, shape, use);
  }

  private void forward(
      int next,
      List<FeatureMap> before,
      ByteBuffer nhwc,
      int batch,
      ImageShape shape,
      Consumer<List<FeatureMap>> use) {
    if (next == networks.size()) {
      use.accept(before);
      return;
    }
    networks
        .get(next)
        .forward(
            nhwc,
            batch,
            shape,
            maps -> {
              List<FeatureMap> all = new ArrayList<>(before);
              all.addAll(maps);
              forward(next + 1, all, nhwc, batch, shape, use);
            });
  }

  @Override
  public void close() {
    networks.forEach(Network::close);
  }
}
