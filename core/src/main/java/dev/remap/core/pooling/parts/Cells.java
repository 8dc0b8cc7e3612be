package dev.remap.core.pooling.parts;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.pooling.LastLayer;
import dev.remap.core.pooling.Sizes;
import java.util.List;

/**
 * The activations of the last layer as they are, per channel its cells: what exponents of {@link
 * GemAggregator} are learnt from.
 *
 * @param cells of the map
 */
public record Cells(int cells) implements ImageParts {
  private static final AggregationKind KIND =
      ImageParts.kind("cells", "the activations of the last layer");

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    return new OneAfterTheOther(taps.get(0).channels(), cells);
  }

  @Override
  public void requireFits(int width, int height) {
    Sizes.check("number of cells of the map", cells, width * height);
  }

  @Override
  public boolean takesOneCell() {
    return true;
  }

  @Override
  public int taps(int given) {
    return 1;
  }

  @Override
  public List<float[]> backward(List<FeatureMap> maps, int image, float[] byParts) {
    return List.of(byParts);
  }

  private record OneAfterTheOther(int channels, int cells) implements Aggregator {
    @Override
    public int dimension() {
      return Math.multiplyExact(channels, cells);
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      FeatureMap map = LastLayer.of(maps, channels);
      Sizes.check("number of cells of the map", cells, map.area());
      Sizes.check("length of the output", dimension(), out.length);
      float[] row = new float[cells];
      for (int c = 0; c < channels; c++) {
        LastLayer.read(map, image, c, row);
        System.arraycopy(row, 0, out, c * cells, cells);
      }
    }
  }
}
