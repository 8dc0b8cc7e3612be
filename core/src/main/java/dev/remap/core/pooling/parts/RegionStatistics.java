package dev.remap.core.pooling.parts;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.LastLayer;
import dev.remap.core.pooling.RegionMeans;
import dev.remap.core.pooling.RegionPooling;
import dev.remap.core.pooling.RegionPoolings;
import dev.remap.core.pooling.Sizes;
import dev.remap.core.region.RegionGrid;
import java.util.List;

/**
 * What regional attention looks at in the last layer: the maxima of its regions as they are, by
 * canonical region and channel; their means in the same way; and the means of the whole map.
 *
 * @param levels of the region grid
 * @param regions how many it has on the map
 */
public record RegionStatistics(int levels, int regions) implements ImageParts {
  private static final AggregationKind KIND =
      ImageParts.kind("region-statistics", "maxima and means of the last layer's regions");

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    return new OneAfterTheOther(taps.get(0).channels(), this, new RegionPoolings(levels));
  }

  @Override
  public void requireFits(int width, int height) {
    Sizes.check(
        "number of regions of the map", regions, RegionGrid.of(width, height, levels).size());
  }

  @Override
  public int taps(int given) {
    return 1;
  }

  @Override
  public List<float[]> backward(List<FeatureMap> maps, int image, float[] byParts) {
    return List.of(new RegionGradient(maps.get(0), image, levels).ofStatistics(byParts));
  }

  private record OneAfterTheOther(int channels, RegionStatistics shape, RegionPoolings poolings)
      implements Aggregator {
    @Override
    public int dimension() {
      return Math.multiplyExact(2 * shape.regions + 1, channels);
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      FeatureMap map = LastLayer.of(maps, channels);
      RegionPooling pooling = poolings.of(map);
      Sizes.check("number of regions of the map", shape.regions, pooling.regions());
      Sizes.check("length of the output", dimension(), out.length);
      float[] maxima = pooling.maxima(map, image);
      System.arraycopy(maxima, 0, out, 0, maxima.length);
      RegionMeans means = RegionMeans.of(map, image, shape.levels);
      int at = maxima.length;
      for (double[] ofRegion : means.ofRegions()) {
        put(ofRegion, out, at);
        at += channels;
      }
      put(means.ofMap(), out, at);
    }

    private static void put(double[] values, float[] out, int from) {
      for (int i = 0; i < values.length; i++) {
        out[from + i] = (float) values[i];
      }
    }
  }
}
