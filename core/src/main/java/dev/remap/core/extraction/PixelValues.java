package dev.remap.core.extraction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.image.ImageShape;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.Aggregator;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * The pixels of an image as a network takes them: R, G, B in 0..255, row by row. An aggregation of
 * its own, so that images are read, decoded, resized and rejected as for any descriptor; no setting
 * names it, and no extractor in a store has it.
 *
 * @param dimension 3 · width · height
 */
record PixelValues(int dimension) implements Aggregation {
  private static final AggregationKind KIND =
      new AggregationKind(
          "pixels",
          "the pixels",
          List.of(),
          (settings, taps) -> {
            throw new IllegalStateException("no setting names it");
          },
          node -> {
            throw new IllegalStateException("no extractor records it");
          });

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public void write(ObjectNode node) {
    node.put("dimension", dimension);
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    int length = dimension;
    return new Aggregator() {
      @Override
      public int dimension() {
        return length;
      }

      @Override
      public void aggregate(List<FeatureMap> maps, int image, float[] out) {
        FeatureMap map = maps.get(0);
        map.values().get(map.offset(image), out, 0, length);
      }
    };
  }

  /** In the place of a network: its one map has a channel for each pixel, of the three colours. */
  static final class Unchanged implements Network {
    @Override
    public void forward(
        ByteBuffer nhwc, int batch, ImageShape shape, Consumer<List<FeatureMap>> use) {
      int pixels = shape.width() * shape.height();
      FloatBuffer values = FloatBuffer.allocate(3 * batch * pixels);
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, nhwc.get(nhwc.position() + i) & 0xff);
      }
      use.accept(List.of(new FeatureMap(batch, pixels, 1, 3, values)));
    }

    @Override
    public void close() {}
  }
}
