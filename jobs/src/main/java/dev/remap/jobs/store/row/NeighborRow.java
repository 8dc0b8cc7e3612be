package dev.remap.jobs.store.row;

import java.util.List;

/**
 * One image of a k-NN graph and its nearest.
 *
 * @param neighbors nearest first, equal scores by ascending key; never the image itself
 */
public record NeighborRow(long key, String imageId, List<Neighbor> neighbors) implements Row {
  /**
   * One of the nearest.
   *
   * @param score 1 − half the squared distance of the stored vectors, which of vectors of length
   *     one is their inner product; of vectors that keep their lengths, minus their distance
   */
  public record Neighbor(long key, String imageId, float score) {}

  public NeighborRow {
    neighbors = List.copyOf(neighbors);
  }
}
