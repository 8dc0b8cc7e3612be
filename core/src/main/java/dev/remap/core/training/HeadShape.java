package dev.remap.core.training;

import java.util.List;

/**
 * The region vectors of an image, as {@link dev.remap.core.pooling.RegionVectors} lays them out: by
 * tap, canonical region and channel.
 *
 * @param levels of the region grid
 * @param regions of the grid
 * @param channels of each tap, the last layer first
 */
public record HeadShape(int levels, int regions, List<Integer> channels) {
  public HeadShape {
    channels = List.copyOf(channels);
  }

  public int taps() {
    return channels.size();
  }

  /** Components D of a weighted sum: the channels of all taps. */
  public int dimension() {
    return channels.stream().mapToInt(Integer::intValue).sum();
  }

  /** Numbers of one image. */
  public int length() {
    return Math.multiplyExact(regions, dimension());
  }
}
