package dev.remap.core.region;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The multi-scale grid of square regions of R-MAC (Tolias, Sicre, Jégou, ICLR 2016), which REMAP
 * takes over with four levels and no extra region for the whole image.
 *
 * <p>Level l cuts squares of side ⌊2w/(l+1)⌋, w being the shorter side of the map: l of them along
 * the shorter side, l + k along the longer, k chosen so that neighbours of level 1 overlap by about
 * 40 %. A 4:3 map has 8, 20, 40, 70 regions for 2, 3, 4, 5 levels; other shapes have other numbers.
 *
 * <p>The evaluation is in whole numbers, so the grid is the same everywhere; where two k are
 * equally good (a map of 9:5), the smaller is taken.
 */
public final class RegionGrid {
  /** Regions grow with the third power: 40 at four levels, more than 10,000 here. */
  public static final int MOST_LEVELS = 32;

  private static final int LARGEST_SIDE = 1 << 16;
  private static final int MAX_EXTRA = 6;

  private final int mapWidth;
  private final int mapHeight;
  private final int levels;
  private final List<Region> regions;
  private final int[] canonical;

  private RegionGrid(int mapWidth, int mapHeight, int levels) {
    this.mapWidth = mapWidth;
    this.mapHeight = mapHeight;
    this.levels = levels;
    List<Region> all = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int level = 1; level <= levels; level++) {
      addLevel(level, all, order);
    }
    this.regions = Collections.unmodifiableList(all);
    this.canonical = order.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The grid of a map.
   *
   * @param mapWidth in cells, 1 to {@value #LARGEST_SIDE}
   * @param mapHeight in cells, 1 to {@value #LARGEST_SIDE}
   * @param levels 1 to {@value #MOST_LEVELS}; levels whose squares would have no cell are left out
   */
  public static RegionGrid of(int mapWidth, int mapHeight, int levels) {
    boolean sides =
        Math.min(mapWidth, mapHeight) >= 1 && Math.max(mapWidth, mapHeight) <= LARGEST_SIDE;
    if (!sides || levels < 1 || levels > MOST_LEVELS) {
      throw new IllegalArgumentException(
          "Region grid of a map of %dx%d cells with %d levels: sides must be 1 to %d, levels 1 to %d"
              .formatted(mapWidth, mapHeight, levels, LARGEST_SIDE, MOST_LEVELS));
    }
    return new RegionGrid(mapWidth, mapHeight, levels);
  }

  public int mapWidth() {
    return mapWidth;
  }

  public int mapHeight() {
    return mapHeight;
  }

  public int levels() {
    return levels;
  }

  public int size() {
    return regions.size();
  }

  /** All regions by level, then row, then column. */
  public List<Region> regions() {
    return regions;
  }

  /**
   * The place of region i in the order (level, position along the longer side, position along the
   * shorter side). A map and its transpose have the same regions in this order, so weights and
   * statistics are kept in it. It is the row-major order of a portrait map, the order of REMAP's
   * published weights; a square map counts as landscape.
   *
   * @param i index into {@link #regions}
   */
  public int canonical(int i) {
    return canonical[i];
  }

  private void addLevel(int level, List<Region> all, List<Integer> order) {
    int shorter = Math.min(mapWidth, mapHeight);
    int side = 2 * shorter / (level + 1);
    if (side == 0) {
      return;
    }
    int extra = extra(shorter, Math.max(mapWidth, mapHeight));
    int columns = level + (mapWidth > mapHeight ? extra : 0);
    int rows = level + (mapHeight > mapWidth ? extra : 0);
    int first = all.size();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int x = position(column, columns, mapWidth - side);
        int y = position(row, rows, mapHeight - side);
        all.add(new Region(level, x, y, side));
        boolean portrait = mapHeight > mapWidth;
        order.add(first + (portrait ? row * columns + column : column * rows + row));
      }
    }
  }

  /** Squares lie evenly spread, their left or upper edge rounded down to a cell. */
  private static int position(int index, int count, int room) {
    return count == 1 ? 0 : index * room / (count - 1);
  }

  /**
   * The k in 1..6 for which the overlap 1 − (longer − w)/(k·w) of level-1 squares is nearest to
   * 0.4; 0 for a square map. The distance times 5·w·k is the whole number |3·w·k − 5·(longer − w)|.
   */
  private static int extra(int w, int longer) {
    if (longer == w) {
      return 0;
    }
    int best = 1;
    for (int k = 2; k <= MAX_EXTRA; k++) {
      if (distance(k, w, longer) * best < distance(best, w, longer) * k) {
        best = k;
      }
    }
    return best;
  }

  private static long distance(int k, int w, int longer) {
    return Math.abs(3L * w * k - 5L * (longer - w));
  }
}
