package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.RegionGrid;
import dev.remap.core.whitening.Moments;
import java.util.List;

/**
 * The regions of an image's last layer one after the other, as an aggregator projects them by its
 * {@link RegionWhitening}: what such a whitening is fitted on. An aggregation of its own, so that
 * images are read, decoded, batched and put through the network as for any descriptor; no setting
 * names it, and no extractor in a store has it.
 *
 * @param aggregator {@code dir}, whose regions are of length one, or {@code regional-attention},
 *     which projects maxima as they are
 * @param levels of the region grid
 * @param regions how many it has on a map
 */
public record RegionsToWhiten(String aggregator, int levels, int regions) implements Aggregation {
  private static final AggregationKind KIND =
      new AggregationKind(
          "regions-to-whiten",
          "the regions that are whitened",
          List.of(),
          (settings, taps) -> {
            throw new IllegalStateException("no setting names it");
          },
          node -> {
            throw new IllegalStateException("no extractor records it");
          });

  /**
   * @throws IllegalArgumentException if that aggregator whitens no regions
   */
  public RegionsToWhiten {
    if (!aggregators().contains(aggregator)) {
      throw new IllegalArgumentException(
          "the aggregator %s whitens no regions: it must be %s"
              .formatted(aggregator, String.join(" or ", aggregators())));
    }
  }

  /** The aggregators that whiten regions. */
  public static List<String> aggregators() {
    return AggregationKind.all().stream()
        .filter(kind -> kind.settings().contains(RegionWhitening.NAME))
        .map(AggregationKind::name)
        .toList();
  }

  /**
   * The levels of its regions, as the settings of the aggregator say: of attention that is yet to
   * be trained, those of the grid.
   *
   * @throws IllegalArgumentException if a file that the settings name does not say it
   */
  public static int levels(String aggregator, AggregationKind.Parameters settings) {
    return isAttention(aggregator) && !settings.text(RegionalAttentionAggregator.WEIGHTS).isBlank()
        ? RegionalAttentionAggregator.given(settings).levels()
        : settings.integer("levels", 1, RegionPoolings.MOST_LEVELS_SET);
  }

  private static boolean isAttention(String aggregator) {
    return aggregator.equals(RegionalAttentionAggregator.KIND.name());
  }

  /** Whether they are those of regional attention. */
  public boolean isAttention() {
    return isAttention(aggregator);
  }

  /**
   * Adds the regions of an image.
   *
   * @param vector as this aggregation makes it
   */
  public void addTo(Moments moments, float[] vector) {
    Sizes.check("length of the regions", regions * moments.dimension(), vector.length);
    float[][] rows = new float[regions][moments.dimension()];
    for (int r = 0; r < regions; r++) {
      System.arraycopy(vector, r * rows[r].length, rows[r], 0, rows[r].length);
    }
    RegionWhitening.addTo(moments, rows);
  }

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public void write(ObjectNode node) {
    node.put("aggregator", aggregator).put("levels", levels).put("regions", regions);
  }

  @Override
  public int taps(int given) {
    return 1;
  }

  @Override
  public void requireFits(int width, int height) {
    requireRegions(width, height, RegionGrid.of(width, height, levels).size());
  }

  private void requireRegions(int width, int height, int found) {
    if (found != regions) {
      throw new IllegalArgumentException(
          "a map of %dx%d has %d regions at %d levels, not %d: give scales that the network's stride divides"
              .formatted(width, height, found, levels, regions));
    }
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    return new Rows(taps.get(0), this, new RegionPoolings(levels));
  }

  private record Rows(Tap tap, RegionsToWhiten shape, RegionPoolings poolings)
      implements Aggregator {
    @Override
    public int dimension() {
      return Math.multiplyExact(shape.regions, tap.channels());
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      FeatureMap map = maps.get(0);
      Sizes.check("channels of the first map", tap.channels(), map.channels());
      Sizes.check("length of the output", dimension(), out.length);
      RegionPooling pooling = poolings.of(map);
      shape.requireRegions(map.width(), map.height(), pooling.regions());
      float[][] rows =
          shape.aggregator.equals(DirAggregator.KIND.name())
              ? pooling.vectors(map, image)
              : pooling.rows(map, image);
      for (int r = 0; r < rows.length; r++) {
        System.arraycopy(rows[r], 0, out, r * tap.channels(), tap.channels());
      }
    }
  }
}
