package dev.remap.core.extraction;

import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import java.util.List;

/** Which aggregator an extractor uses, with its parameters. */
public sealed interface Aggregation permits Aggregation.Remap, Aggregation.Gem {
  /** The aggregator for a backbone with these taps. */
  Aggregator aggregator(List<Tap> taps);

  /** REMAP with these region weights, which name the levels of the grid. */
  record Remap(RegionWeights weights) implements Aggregation {
    @Override
    public Aggregator aggregator(List<Tap> taps) {
      return new RemapAggregator(taps, weights);
    }
  }

  /** Generalised mean of the last layer with exponent {@code p}. */
  record Gem(float p) implements Aggregation {
    @Override
    public Aggregator aggregator(List<Tap> taps) {
      return new GemAggregator(taps.get(0).channels(), p);
    }
  }
}
