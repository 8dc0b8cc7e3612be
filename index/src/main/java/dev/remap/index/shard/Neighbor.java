package dev.remap.index.shard;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One found entry.
 *
 * @param distance squared L2, as the product quantizer sees it
 */
public record Neighbor(long key, float distance) implements Comparable<Neighbor>, Serializable {
  private static final Comparator<Neighbor> NEAREST_FIRST =
      Comparator.comparingDouble(Neighbor::distance).thenComparingLong(Neighbor::key);

  /** Nearest first; equal distances by ascending key. */
  @Override
  public int compareTo(Neighbor other) {
    return NEAREST_FIRST.compare(this, other);
  }
}
