package dev.remap.core.training;

import dev.remap.core.pooling.Cells;
import dev.remap.core.pooling.ImageParts;
import dev.remap.core.pooling.RegionVectors;
import java.io.Serializable;
import java.util.List;

/**
 * The parts of an image: its region vectors, as {@link RegionVectors} lays them out, by tap,
 * canonical region and channel; or the cells of its last layer, as {@link Cells} does, by channel.
 *
 * @param levels of the region grid; 0 for cells
 * @param regions of the grid; or cells
 * @param channels of each tap, the last layer first
 */
public record HeadShape(int levels, int regions, List<Integer> channels) implements Serializable {
  public HeadShape {
    channels = List.copyOf(channels);
  }

  /** That of the last layer's cells. */
  public static HeadShape ofCells(int cells, int channels) {
    return new HeadShape(0, cells, List.of(channels));
  }

  boolean hasCells() {
    return levels == 0;
  }

  /** What makes the parts of maps. */
  public ImageParts parts() {
    return hasCells() ? new Cells(regions) : new RegionVectors(levels, regions);
  }

  public int taps() {
    return channels.size();
  }

  /** Components D of a raw descriptor: the channels of all taps. */
  public int dimension() {
    return channels.stream().mapToInt(Integer::intValue).sum();
  }

  /** Numbers of one image. */
  public int length() {
    return Math.multiplyExact(regions, dimension());
  }
}
