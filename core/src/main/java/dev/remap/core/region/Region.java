package dev.remap.core.region;

/**
 * A square of a feature map: cells [x, x + size) × [y, y + size).
 *
 * @param level of the grid, from 1 (the largest squares)
 * @param x left column, from 0
 * @param y upper row, from 0
 * @param size side in cells, at least 1
 */
public record Region(int level, int x, int y, int size) {
  /** The same region of the transposed map. */
  public Region transposed() {
    return new Region(level, y, x, size);
  }
}
