package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Boxes;
import dev.remap.core.region.RegionGrid;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * REMAP's pooling (Husain and Bober, TIP 2019, fig. 1): per tap, every region is max-pooled,
 * L2-normalised and multiplied by its weight, and the regions are summed; the taps' sums are
 * concatenated. Raw: whitening and the last normalisation come after.
 *
 * <p>With all weights 1 and one tap it is R-MAC without its whitening of regions.
 */
public final class RemapAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "remap",
          "multi-layer, multi-region sums with weighted regions (Husain and Bober 2019)",
          List.of("levels", "region-weights", "region-weight-power", AggregationKind.BOXES),
          (settings, taps) -> new Remap(weights(settings, taps)),
          node -> new Remap(RegionWeights.read(node.object("region-weights"))));

  /** What {@code region-weights} calls {@link RegionWeights#published}. */
  public static final String PUBLISHED = "published";

  /** Weights go up to 8; beyond this a power leaves one region. */
  public static final int MOST_POWER = 8;

  private final List<Tap> taps;
  private final RegionWeights weights;
  private final int dimension;
  private final Map<MapSize, RegionPooling> poolings = new ConcurrentHashMap<>();

  private record MapSize(int width, int height) {}

  /** REMAP with these region weights, which name the levels of the grid. */
  public record Remap(RegionWeights weights) implements Aggregation {
    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      weights.write(node.putObject("region-weights"));
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      return new RemapAggregator(taps, weights);
    }

    @Override
    public void requireFits(int width, int height) {
      grid(weights, width, height);
    }
  }

  /**
   * @param taps of the backbone, the last layer first
   * @param weights with a row for each tap
   */
  public RemapAggregator(List<Tap> taps, RegionWeights weights) {
    if (taps.size() != weights.taps()) {
      throw new IllegalArgumentException(
          "The backbone has %d taps, but the region weights are for %d"
              .formatted(taps.size(), weights.taps()));
    }
    this.taps = List.copyOf(taps);
    this.weights = weights;
    this.dimension = taps.stream().mapToInt(Tap::channels).sum();
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    eachTap(
        maps,
        out,
        (tap, offset) -> {
          FeatureMap map = maps.get(tap);
          pooling(map).weightedSum(map, image, weights.ofTap(tap), out, offset);
        });
  }

  /** Boxes weigh by their scores. */
  @Override
  public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    eachTap(maps, out, (tap, offset) -> sumBoxes(maps.get(tap), image, boxes, out, offset));
  }

  /** Pools a map to the channels of the output from {@code offset} on. */
  private interface TapPooling {
    void pool(int tap, int offset);
  }

  private void eachTap(List<FeatureMap> maps, float[] out, TapPooling pooling) {
    Sizes.check("number of maps", taps.size(), maps.size());
    Sizes.check("length of the output", dimension, out.length);
    int offset = 0;
    for (int tap = 0; tap < taps.size(); tap++) {
      FeatureMap map = maps.get(tap);
      Sizes.check("channels of map " + tap, taps.get(tap).channels(), map.channels());
      pooling.pool(tap, offset);
      offset += map.channels();
    }
  }

  private static void sumBoxes(FeatureMap map, int image, Boxes boxes, float[] out, int offset) {
    float[][] vectors = BoxPooling.vectors(map, image, boxes);
    for (int c = 0; c < map.channels(); c++) {
      double sum = 0;
      for (int i = 0; i < vectors.length; i++) {
        sum += (double) boxes.score(i) * vectors[i][c];
      }
      out[offset + c] = (float) sum;
    }
  }

  private RegionPooling pooling(FeatureMap map) {
    return poolings.computeIfAbsent(
        new MapSize(map.width(), map.height()),
        size -> new RegionPooling(grid(weights, size.width(), size.height())));
  }

  private static RegionGrid grid(RegionWeights weights, int width, int height) {
    RegionGrid grid = RegionGrid.of(width, height, weights.levels());
    if (grid.size() != weights.regions()) {
      throw new IllegalArgumentException(
          ("a map of %dx%d has %d regions at %d levels, but there are weights for %d: resize images"
                  + " to the shape that the weights were made for (4:3 in the paper)")
              .formatted(width, height, grid.size(), weights.levels(), weights.regions()));
    }
    return grid;
  }

  private static RegionWeights weights(AggregationKind.Parameters settings, int taps) {
    double power = settings.number("region-weight-power", 0, MOST_POWER);
    if (settings.text("region-weights").equals(PUBLISHED)) {
      return RegionWeights.published(taps).raised(power);
    }
    String file = settings.file("region-weights");
    return file.isEmpty()
        ? RegionWeights.ones(taps, settings.integer("levels", 1, 10))
        : telling(RegionWeights.parse(file).raised(power));
  }

  private static RegionWeights telling(RegionWeights weights) {
    if (weights.areAllZero()) {
      throw new IllegalArgumentException(
          "Region weights: all of them are 0, so that all images would have the same descriptor");
    }
    return weights;
  }
}
