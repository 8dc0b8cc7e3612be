package dev.remap.core.training.head;

import dev.remap.core.pooling.parts.Cells;
import dev.remap.core.pooling.parts.ImageParts;
import dev.remap.core.pooling.parts.RegionStatistics;
import dev.remap.core.pooling.parts.RegionVectors;
import java.io.Serializable;
import java.util.List;

/**
 * The parts of an image that a head looks at.
 *
 * @param levels of the region grid; 0 for cells
 * @param regions of the grid; or cells
 * @param channels of each tap that is looked at, the last layer first
 */
public record HeadShape(Kind kind, int levels, int regions, List<Integer> channels)
    implements Serializable {
  /** What they are. */
  public enum Kind {
    /**
     * Region vectors, as {@link RegionVectors} lays them out, by tap, canonical region, channel.
     */
    VECTORS,

    /** The cells of the last layer, as {@link Cells} does, by channel. */
    CELLS,

    /** Maxima and means of the last layer's regions, as {@link RegionStatistics} does. */
    STATISTICS
  }

  public HeadShape {
    channels = List.copyOf(channels);
  }

  /** That of region vectors. */
  public static HeadShape ofVectors(int levels, int regions, List<Integer> channels) {
    return new HeadShape(Kind.VECTORS, levels, regions, channels);
  }

  /** That of the last layer's cells. */
  public static HeadShape ofCells(int cells, int channels) {
    return new HeadShape(Kind.CELLS, 0, cells, List.of(channels));
  }

  /** That of the maxima and means of the last layer's regions. */
  public static HeadShape ofStatistics(int levels, int regions, int channels) {
    return new HeadShape(Kind.STATISTICS, levels, regions, List.of(channels));
  }

  /** What makes the parts of maps. */
  public ImageParts parts() {
    return switch (kind) {
      case VECTORS -> new RegionVectors(levels, regions, taps());
      case CELLS -> new Cells(regions);
      case STATISTICS -> new RegionStatistics(levels, regions);
    };
  }

  public int taps() {
    return channels.size();
  }

  /** The channels of all taps that are looked at. */
  public int dimension() {
    return channels.stream().mapToInt(Integer::intValue).sum();
  }

  /** Numbers of one image. */
  public int length() {
    int rows = kind == Kind.STATISTICS ? 2 * regions + 1 : regions;
    return Math.multiplyExact(rows, dimension());
  }
}
