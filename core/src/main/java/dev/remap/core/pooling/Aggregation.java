package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.Tap;
import java.util.List;

/**
 * A way of making one vector of feature maps, with its parameters: what an extractor names, records
 * and fingerprints. Equal ones make equal vectors.
 */
public interface Aggregation {
  AggregationKind kind();

  /** Writes the parameters beside the name; {@link AggregationKind#read} gives an equal one. */
  void write(ObjectNode node);

  /**
   * The arithmetic, for a backbone with these taps.
   *
   * @throws IllegalArgumentException if the parameters are for other taps
   */
  Aggregator on(List<Tap> taps);

  /**
   * Finds before the first forward pass what does not fit.
   *
   * @param width cells of the feature map that a tap will give of a landscape image
   * @param height cells of it
   * @throws IllegalArgumentException naming the size and what it lacks
   */
  default void requireFits(int width, int height) {}

  /**
   * The same for one of the taps that it is given; those that it does not look at always fit.
   *
   * @param tap from 0
   * @param given how many there are
   */
  default void requireFits(int tap, int given, int width, int height) {
    if (tap < taps(given)) {
      requireFits(width, height);
    }
  }

  /** Whether a map of one cell, as of a fully connected layer, has a sense for it. */
  default boolean takesOneCell() {
    return false;
  }

  /**
   * Whether that tap's map may be of one cell; one that it does not look at may.
   *
   * @param tap from 0
   * @param given how many there are
   */
  default boolean takesOneCell(int tap, int given) {
    return tap >= taps(given) || takesOneCell();
  }

  /** Whether it has regions, for which boxes may stand in. */
  default boolean takesBoxes() {
    return kind().settings().contains(AggregationKind.BOXES);
  }

  /**
   * How many of the backbone's taps it looks at, from the first on.
   *
   * @param given how many there are
   */
  default int taps(int given) {
    return given;
  }
}
