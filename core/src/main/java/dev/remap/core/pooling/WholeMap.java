package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import java.util.List;

/** An aggregation that is one formula of the whole last layer: all but that formula is here. */
interface WholeMap extends Aggregation {
  /**
   * The formula.
   *
   * @param rows per channel its H·W cells
   * @param width cells of a row of the map
   * @return {@link #perChannel} values for each channel, of which the descriptor has the direction
   */
  double[] pool(float[][] rows, int width);

  default int perChannel() {
    return 1;
  }

  @Override
  default void write(ObjectNode node) {}

  @Override
  default Aggregator on(List<Tap> taps) {
    return new Pooled(taps.get(0).channels(), this);
  }

  @Override
  default int taps(int given) {
    return 1;
  }

  /** The formula on a layer of so many channels. */
  record Pooled(int channels, WholeMap formula) implements Aggregator {
    @Override
    public int dimension() {
      return channels * formula.perChannel();
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      FeatureMap map = LastLayer.of(maps, channels);
      Sizes.check("length of the output", dimension(), out.length);
      UnitLength.write(formula.pool(LastLayer.rows(map, image), map.width()), 1, out, 0);
    }
  }
}
