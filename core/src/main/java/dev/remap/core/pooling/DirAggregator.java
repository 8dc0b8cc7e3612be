package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Boxes;
import java.util.List;

/**
 * R-MAC with whitened regions, as Tolias, Sicre and Jégou (ICLR 2016) have it and Gordo et al.
 * (DIR, ECCV 2016) train it: the maxima of each region of the last layer are L2-normalised,
 * shifted, projected and L2-normalised again; then the regions are summed and the sum is
 * L2-normalised.
 *
 * <p>The squares are those of the feature map; DIR's code computes them on the image and scales
 * them down, which may move an edge by a cell.
 */
public final class DirAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "dir",
          "sum of whitened region maxima of the last layer (Gordo et al. 2016)",
          List.of("levels", RegionWhitening.NAME, AggregationKind.BOXES),
          (settings, taps) ->
              new Dir(
                  settings.integer("levels", 1, RegionPoolings.MOST_LEVELS_SET), given(settings)),
          node -> new Dir(node.integer("levels"), RegionWhitening.read(node)));

  private final Tap tap;
  private final RegionWhitening whitening;
  private final RegionPoolings poolings;

  /** With so many levels of regions, and their projection. */
  public record Dir(int levels, RegionWhitening whitening) implements Aggregation {
    public Dir {
      RegionPoolings.requireLevels(KIND.name(), levels);
    }

    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      node.put("levels", levels).put(RegionWhitening.NAME, whitening.text());
    }

    @Override
    public int taps(int given) {
      return 1;
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      whitening.requireFits(taps.get(0));
      return new DirAggregator(taps.get(0), this);
    }
  }

  private DirAggregator(Tap tap, Dir parameters) {
    this.tap = tap;
    this.whitening = parameters.whitening;
    this.poolings = new RegionPoolings(parameters.levels);
  }

  private static RegionWhitening given(AggregationKind.Parameters settings) {
    return settings
        .bytes(RegionWhitening.NAME)
        .map(RegionWhitening::parse)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the aggregator dir whitens regions and extractor."
                        + RegionWhitening.NAME
                        + " names no file: give one, or take rmac"));
  }

  @Override
  public int dimension() {
    return whitening.dimension();
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    FeatureMap map = checked(maps);
    sum(poolings.of(map).vectors(map, image), out);
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    sum(BoxPooling.vectors(checked(maps), image, boxes), out);
  }

  private FeatureMap checked(List<FeatureMap> maps) {
    Sizes.check("channels of the first map", tap.channels(), maps.get(0).channels());
    return maps.get(0);
  }

  private void sum(float[][] regions, float[] out) {
    Sizes.check("length of the output", dimension(), out.length);
    double[] sums = new double[out.length];
    for (float[] region : whitening.project(regions)) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += region[i];
      }
    }
    UnitLength.write(sums, 1, out, 0);
  }
}
