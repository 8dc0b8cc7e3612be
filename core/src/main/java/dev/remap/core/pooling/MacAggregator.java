package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import java.util.List;

/**
 * Maximum activations of the last layer: f_c = max over cells of x, then L2-normalised (Tolias,
 * Sicre, Jégou, ICLR 2016, section 3).
 *
 * <p>C×H×W in, C out. A map of zeros gives zeros; of a constant map, or of one cell, that cell's
 * activations at length one.
 */
public final class MacAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "mac",
          "maxima of the last layer (Tolias, Sicre, Jégou 2016)",
          List.of(),
          (settings, taps) -> new Mac(),
          node -> new Mac());

  private final int channels;

  /** MAC has no parameters. */
  public record Mac() implements Aggregation {
    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {}

    @Override
    public Aggregator on(List<Tap> taps) {
      return new MacAggregator(taps.get(0).channels());
    }

    @Override
    public boolean takesOneCell() {
      return true;
    }

    @Override
    public int taps(int given) {
      return 1;
    }
  }

  /**
   * @param channels of the last layer
   */
  public MacAggregator(int channels) {
    this.channels = channels;
  }

  @Override
  public int dimension() {
    return channels;
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    FeatureMap map = LastLayer.of(maps, channels);
    Sizes.check("length of the output", channels, out.length);
    float[] cells = new float[map.area()];
    double[] maxima = new double[channels];
    for (int c = 0; c < channels; c++) {
      LastLayer.read(map, image, c, cells);
      maxima[c] = Double.NEGATIVE_INFINITY;
      for (float cell : cells) {
        // NaN is the larger of any two.
        maxima[c] = Math.max(maxima[c], cell);
      }
    }
    UnitLength.write(maxima, 1, out, 0);
  }
}
