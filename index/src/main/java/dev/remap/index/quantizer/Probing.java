package dev.remap.index.quantizer;

import java.io.Serializable;

/**
 * Which lists a search visits.
 *
 * @param nprobe inverted lists visited per query and shard
 * @param efSearch candidates kept on the way through a graph over the centroids, though never fewer
 *     than {@code nprobe}; 0: as the index's file says
 */
public record Probing(int nprobe, int efSearch) implements Serializable {
  /** The most candidates. */
  public static final int MOST_CANDIDATES = 1 << 16;

  /** As sentences have it. */
  @Override
  public String toString() {
    return "nprobe " + nprobe + (efSearch == 0 ? "" : ", efSearch " + efSearch);
  }
}
