package dev.remap.core.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionGridTest {
  @ParameterizedTest(name = "{0} levels: {1} regions")
  @CsvSource({"2, 8", "3, 20", "4, 40", "5, 70"})
  void mapOfFourToThreeHasTheNumbersOfRemapsTableOne(int levels, int regions) {
    assertThat(RegionGrid.of(32, 24, levels).size()).isEqualTo(regions);
    assertThat(RegionGrid.of(24, 32, levels).size()).isEqualTo(regions);
  }

  @ParameterizedTest(name = "{0}x{1} pixels: {2} regions")
  @CsvSource({
    "1024, 768, 40",
    "1280, 960, 40",
    "1024, 683, 40",
    "1024, 576, 40",
    "1024, 1024, 30",
    "1024, 512, 50",
    "1024, 341, 60"
  })
  void numberOfRegionsAtFourLevelsDependsOnTheShape(int width, int height, int regions) {
    int mapWidth = (width + 31) / 32;
    int mapHeight = (height + 31) / 32;
    assertThat(RegionGrid.of(mapWidth, mapHeight, 4).size()).isEqualTo(regions);
    assertThat(RegionGrid.of(mapHeight, mapWidth, 4).size()).isEqualTo(regions);
  }

  /** The vector of METHODS A.3, checked there against three public implementations. */
  @Test
  void portraitMapOf24By32HasTheRegionsOfTheTestVector() {
    List<Region> expected = new ArrayList<>();
    addLevel(expected, 1, 24, new int[] {0, 8}, new int[] {0});
    addLevel(expected, 2, 16, new int[] {0, 8, 16}, new int[] {0, 8});
    addLevel(expected, 3, 12, new int[] {0, 6, 13, 20}, new int[] {0, 6, 12});
    addLevel(expected, 4, 9, new int[] {0, 5, 11, 17, 23}, new int[] {0, 5, 10, 15});
    assertThat(RegionGrid.of(24, 32, 4).regions()).containsExactlyElementsOf(expected);
  }

  private static void addLevel(List<Region> regions, int level, int side, int[] ys, int[] xs) {
    for (int y : ys) {
      for (int x : xs) {
        regions.add(new Region(level, x, y, side));
      }
    }
  }

  /** Rectangles drawn in REMAP's fig. 2: 1-based number, first and last column, first row. */
  @ParameterizedTest(name = "region {0}")
  @CsvSource({"13, 7, 18, 7", "26, 6, 14, 6", "30, 6, 14, 12", "37, 1, 9, 24", "28, 16, 24, 6"})
  void rectanglesOfRemapsFigureTwoAreMet(int number, int left, int right, int top) {
    Region region = RegionGrid.of(24, 32, 4).regions().get(number - 1);
    assertThat(region.x() + 1).isEqualTo(left);
    assertThat(region.x() + region.size()).isEqualTo(right);
    assertThat(region.y() + 1).isEqualTo(top);
  }

  /**
   * The formulas as printed, in doubles; shapes with a tie, which rounding decides, are left out.
   */
  @Test
  void everyGridAgreesWithTheFormulasInFloatingPoint() {
    for (int width = 1; width <= 44; width++) {
      for (int height = 1; height <= 44; height++) {
        if (isTie(width, height)) {
          continue;
        }
        for (int levels = 1; levels <= 6; levels++) {
          assertThat(RegionGrid.of(width, height, levels).regions())
              .as("%dx%d, %d levels", width, height, levels)
              .isEqualTo(asPrinted(width, height, levels));
        }
      }
    }
  }

  private static boolean isTie(int width, int height) {
    int shorter = Math.min(width, height);
    int more = Math.abs(width - height);
    for (int k = 1; k < 6; k++) {
      // |0.6 - more/(shorter·k)| equal for k and k + 1
      if (5 * more * (2 * k + 1) == 6 * shorter * k * (k + 1)) {
        return true;
      }
    }
    return false;
  }

  private static List<Region> asPrinted(int width, int height, int levels) {
    double w = Math.min(width, height);
    int k = 0;
    double best = Double.MAX_VALUE;
    for (int s = 2; s <= 7; s++) {
      double b = (Math.max(width, height) - w) / (s - 1);
      double score = Math.abs((w * w - w * b) / (w * w) - 0.4);
      if (score < best) {
        best = score;
        k = s - 1;
      }
    }
    List<Region> regions = new ArrayList<>();
    for (int l = 1; l <= levels; l++) {
      int wl = (int) Math.floor(2 * w / (l + 1));
      if (wl == 0) {
        continue;
      }
      for (int y : edges(height, wl, l + (height > width ? k : 0))) {
        for (int x : edges(width, wl, l + (height < width ? k : 0))) {
          regions.add(new Region(l, x, y, wl));
        }
      }
    }
    return regions;
  }

  private static int[] edges(int length, int wl, int count) {
    double half = Math.floor(wl / 2.0 - 1);
    double b = count == 1 ? 0 : (length - wl) / (count - 1.0);
    int[] edges = new int[count];
    for (int j = 0; j < count; j++) {
      // In doubles j·b may end just below the whole number that it is (maps of 12:1 and more).
      edges[j] = (int) (Math.floor(half + j * b + 1e-9) - half);
    }
    return edges;
  }

  @Test
  void ofTwoEquallyGoodNumbersOfRegionsTheSmallerIsTaken() {
    // 9:5 overlaps by 0.2 with one extra region and by 0.6 with two: both are 0.2 from 0.4.
    assertThat(RegionGrid.of(9, 5, 1).size()).isEqualTo(2);
    assertThat(RegionGrid.of(36, 20, 1).size()).isEqualTo(2);
  }

  @Test
  void canonicalOrderOfALandscapeMapIsThatOfItsTranspose() {
    for (int[] size : new int[][] {{32, 24}, {40, 30}, {32, 16}, {32, 11}, {7, 5}}) {
      RegionGrid landscape = RegionGrid.of(size[0], size[1], 4);
      RegionGrid portrait = RegionGrid.of(size[1], size[0], 4);
      assertThat(inCanonicalOrder(landscape).stream().map(Region::transposed))
          .as("%dx%d", size[0], size[1])
          .containsExactlyElementsOf(inCanonicalOrder(portrait));
      assertThat(inCanonicalOrder(portrait)).isEqualTo(portrait.regions());
    }
  }

  private static List<Region> inCanonicalOrder(RegionGrid grid) {
    Region[] ordered = new Region[grid.size()];
    for (int i = 0; i < ordered.length; i++) {
      ordered[grid.canonical(i)] = grid.regions().get(i);
    }
    return List.of(ordered);
  }

  @Test
  void regionsLieInsideTheMapEvenOnTinyMaps() {
    for (int width = 1; width <= 12; width++) {
      for (int height = 1; height <= 12; height++) {
        RegionGrid grid = RegionGrid.of(width, height, 7);
        assertThat(grid.size()).as("%dx%d", width, height).isPositive();
        for (Region region : grid.regions()) {
          assertThat(region.size()).isPositive();
          assertThat(region.x()).isBetween(0, width - region.size());
          assertThat(region.y()).isBetween(0, height - region.size());
        }
      }
    }
  }

  @Test
  void emptyMapsAndGridsWithoutLevelsAreRefused() {
    for (int[] bad : new int[][] {{0, 4, 1}, {4, 0, 1}, {4, 4, 0}}) {
      assertThatThrownBy(() -> RegionGrid.of(bad[0], bad[1], bad[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad[0] + "x" + bad[1])
          .hasMessageContaining(bad[2] + " levels");
    }
  }
}
