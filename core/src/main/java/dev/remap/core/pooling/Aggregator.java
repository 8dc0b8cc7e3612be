package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.Boxes;
import java.util.List;

/**
 * Feature maps in, one vector out. Implementations hold no state of a call: one object serves all
 * threads, and the same maps give the same bits on every machine.
 */
public interface Aggregator {
  /** Length of the vector. */
  int dimension();

  /**
   * Aggregates the maps of one image.
   *
   * @param maps one per tap, the last layer first
   * @param image its index in the batch
   * @param out receives {@link #dimension} values
   * @throws IllegalArgumentException if the maps or {@code out} are not of the expected sizes
   */
  void aggregate(List<FeatureMap> maps, int image, float[] out);

  /**
   * The same with boxes for regions; without regions, they make no difference.
   *
   * @param boxes of that image
   */
  default void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    aggregate(maps, image, out);
  }
}
