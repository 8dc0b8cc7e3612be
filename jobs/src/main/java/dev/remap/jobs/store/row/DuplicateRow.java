package dev.remap.jobs.store.row;

/**
 * One image of a group of near copies.
 *
 * @param group the lowest key of the group's images
 * @param kept the key of the one that is kept; its own if that is this one
 * @param keptId that one's id
 * @param score of the stored vectors of this image and the kept one, as in {@link NeighborRow}; 1
 *     of the kept one
 */
public record DuplicateRow(
    long key, String imageId, long group, long kept, String keptId, float score) implements Row {
  /** Whether it is the one of its group that is kept. */
  public boolean isKept() {
    return key == kept;
  }
}
