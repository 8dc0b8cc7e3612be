package dev.remap.core.pooling.parts;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.RegionPooling;
import dev.remap.core.pooling.Sizes;
import dev.remap.core.region.RegionGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All region vectors of an image one after the other, by tap, canonical region and channel: what
 * weights are fitted from.
 *
 * @param levels of the region grid
 * @param regions how many it has on the maps of all taps
 * @param taps how many are looked at, from the first on
 */
public record RegionVectors(int levels, int regions, int taps) implements ImageParts {
  private static final AggregationKind KIND =
      ImageParts.kind("region-vectors", "the vectors of all regions");

  /** Those of all taps. */
  public RegionVectors(int levels, int regions) {
    this(levels, regions, Integer.MAX_VALUE);
  }

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    return new Concatenated(
        List.copyOf(taps.subList(0, taps(taps.size()))), this, new ConcurrentHashMap<>());
  }

  @Override
  public int taps(int given) {
    return Math.min(taps, given);
  }

  @Override
  public void requireFits(int width, int height) {
    pooling(width, height);
  }

  /** Through the norm of each region to the cell of each channel's maximum, the first of equals. */
  @Override
  public List<float[]> backward(List<FeatureMap> maps, int image, float[] byParts) {
    List<float[]> byMaps = new ArrayList<>();
    int from = 0;
    for (FeatureMap map : maps.subList(0, taps(maps.size()))) {
      byMaps.add(new RegionGradient(map, image, levels).ofVectors(byParts, from));
      from += regions * map.channels();
    }
    return byMaps;
  }

  private RegionPooling pooling(int width, int height) {
    RegionGrid grid = RegionGrid.of(width, height, levels);
    if (grid.size() != regions) {
      throw new IllegalArgumentException(
          ("a map of %dx%d has %d regions at %d levels, and another tap's has %d: all maps of an"
                  + " image must have the same regions")
              .formatted(width, height, grid.size(), levels, regions));
    }
    return new RegionPooling(grid);
  }

  private record MapSize(int width, int height) {}

  private record Concatenated(
      List<Tap> taps, RegionVectors shape, Map<MapSize, RegionPooling> poolings)
      implements Aggregator {
    @Override
    public int dimension() {
      return Math.multiplyExact(shape.regions, taps.stream().mapToInt(Tap::channels).sum());
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      Sizes.check("number of maps", taps.size(), shape.taps(maps.size()));
      Sizes.check("length of the output", dimension(), out.length);
      int offset = 0;
      for (int tap = 0; tap < taps.size(); tap++) {
        FeatureMap map = maps.get(tap);
        Sizes.check("channels of map " + tap, taps.get(tap).channels(), map.channels());
        for (float[] vector : pooling(map).vectors(map, image)) {
          System.arraycopy(vector, 0, out, offset, vector.length);
          offset += vector.length;
        }
      }
    }

    private RegionPooling pooling(FeatureMap map) {
      return poolings.computeIfAbsent(
          new MapSize(map.width(), map.height()), size -> shape.pooling(size.width, size.height));
    }
  }
}
