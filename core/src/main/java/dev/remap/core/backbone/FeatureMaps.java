package dev.remap.core.backbone;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The feature maps of one batch, one per tap in the card's order. They are views on native memory:
 * valid until {@link #close}, which frees it.
 */
public final class FeatureMaps implements AutoCloseable {
  private final List<FeatureMap> taps;
  private final NDManager memory;

  FeatureMaps(List<FeatureMap> taps, NDManager memory) {
    this.taps = List.copyOf(taps);
    this.memory = memory;
  }

  public List<FeatureMap> taps() {
    return taps;
  }

  @Override
  public void close() {
    memory.close();
  }
}
