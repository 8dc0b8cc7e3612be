package dev.remap.core.pooling.parts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.AggregationKind;
import java.util.List;

/**
 * What an aggregation pools, one after the other: what its parameters are learnt from. An
 * aggregation of its own, so that images are read, decoded, batched and put through the network as
 * for any descriptor; no setting names it, and no extractor in a store has it.
 */
public sealed interface ImageParts extends Aggregation
    permits RegionVectors, RegionStatistics, Cells {
  /**
   * The gradient by the maps of one image.
   *
   * @param maps of the taps
   * @param image of their batch
   * @param byParts the gradient by what is pooled
   * @return the gradient by the image's part of each map that is looked at, in its order
   */
  List<float[]> backward(List<FeatureMap> maps, int image, float[] byParts);

  @Override
  default void write(ObjectNode node) {
    throw new IllegalStateException("no extractor records it");
  }

  /** A kind that no setting and no extractor names. */
  static AggregationKind kind(String name, String about) {
    return new AggregationKind(
        name,
        about,
        List.of(),
        (settings, taps) -> {
          throw new IllegalStateException("no setting names it");
        },
        node -> {
          throw new IllegalStateException("no extractor records it");
        });
  }
}
