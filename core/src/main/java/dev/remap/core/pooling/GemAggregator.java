package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import java.util.List;

/**
 * Generalised-mean pooling of the last layer: f_c = (mean over cells of max(x, 1e-6)^p)^(1/p), then
 * divided by its L2 norm + 1e-6 (Radenović, Tolias, Chum, TPAMI 2018, eq. 3).
 */
public final class GemAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "gem",
          "generalised mean of the last layer (Radenović, Tolias, Chum 2018)",
          List.of("gem-p"),
          (settings, taps) -> new Gem((float) settings.number("gem-p", 1, 100)),
          node -> new Gem(node.number("p")));

  private static final double FLOOR = 1e-6;

  private final int channels;
  private final double p;

  /** GeM with exponent {@code p}. */
  public record Gem(float p) implements Aggregation {
    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      node.put("p", p);
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      return new GemAggregator(taps.get(0).channels(), p);
    }
  }

  /**
   * @param channels of the last layer
   * @param p the exponent, 1 (mean) or more; towards infinity it becomes max-pooling; 3 in the
   *     paper
   */
  public GemAggregator(int channels, double p) {
    if (channels < 1 || !(p >= 1) || Double.isInfinite(p)) {
      throw new IllegalArgumentException(
          "GeM with %d channels and p = %s: needs a channel, and a finite p of at least 1"
              .formatted(channels, p));
    }
    this.channels = channels;
    this.p = p;
  }

  @Override
  public int dimension() {
    return channels;
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    FeatureMap map = maps.get(0);
    Sizes.check("channels of the first map", channels, map.channels());
    Sizes.check("length of the output", channels, out.length);
    float[] cells = new float[map.area()];
    double[] pooled = new double[channels];
    double squares = 0;
    for (int c = 0; c < channels; c++) {
      map.channel(image, c, cells);
      pooled[c] =
          p == 3 ? StrictMath.cbrt(meanCube(cells)) : StrictMath.pow(meanPower(cells), 1 / p);
      squares += pooled[c] * pooled[c];
    }
    double norm = Math.sqrt(squares) + FLOOR;
    for (int c = 0; c < channels; c++) {
      out[c] = (float) (pooled[c] / norm);
    }
  }

  private static double meanCube(float[] cells) {
    double sum = 0;
    for (float cell : cells) {
      double x = Math.max(cell, FLOOR);
      sum += x * x * x;
    }
    return sum / cells.length;
  }

  private double meanPower(float[] cells) {
    double sum = 0;
    for (float cell : cells) {
      sum += StrictMath.pow(Math.max(cell, FLOOR), p);
    }
    return sum / cells.length;
  }
}
