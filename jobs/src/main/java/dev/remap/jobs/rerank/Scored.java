package dev.remap.jobs.rerank;

import dev.remap.index.shard.Neighbor;
import java.util.Comparator;

/**
 * An image with the score that a method gave it, best first, equal ones by ascending key. The score
 * is taken in single precision: those of equal vectors may differ in the last bits of a double.
 */
record Scored(long key, float score) implements Comparable<Scored> {
  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparingLong(Scored::key);

  Scored(long key, double score) {
    this(key, (float) score);
  }

  /** As rankings have it: 2 − 2 × score stands for a distance. */
  Neighbor neighbor() {
    return new Neighbor(key, (float) (2 - 2 * (double) score));
  }

  @Override
  public int compareTo(Scored other) {
    return BEST_FIRST.compare(this, other);
  }
}
