package dev.remap.core.entropy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.region.RegionGrid;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

class WeightsPictureTest {
  private static RegionWeights ones(int regions, int levels) {
    float[] row = new float[regions];
    Arrays.fill(row, 1);
    return new RegionWeights(1, levels, new float[][] {row});
  }

  @Test
  void itIsXmlThatShowsEveryWeightWhateverATapIsCalled() throws Exception {
    RegionWeights weights = RegionWeights.published(2);
    String svg =
        WeightsPicture.svg(weights, List.of("a <b> & \"c\" ]]> \u0001\u0000", "\ud800 lone, 畳み込み"));

    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(1 + 2 * 40);
    assertThat(svg).contains(">7.68<").contains(">1.14<").contains("level 4");
  }

  @Test
  void weightsThatAreAllZeroAreDrawnToo() {
    RegionWeights zeros = new RegionWeights(1, 1, new float[][] {{0, 0}});
    assertThat(WeightsPicture.svg(zeros, List.of("tap"))).contains(">0.00<");
  }

  @ParameterizedTest(name = "{0}x{1}, {2} levels")
  @CsvSource({"24, 32, 4", "32, 32, 4", "64, 32, 3", "96, 32, 5", "3, 2, 6", "10, 7, 1"})
  void theLayoutIsThatOfTheGrid(int width, int height, int levels) {
    RegionGrid grid = RegionGrid.of(width, height, levels);
    RegionLayout layout = RegionLayout.of(ones(grid.size(), levels));
    boolean portrait = height > width;
    for (RegionLayout.Level level : layout.levels()) {
      List<Integer> there =
          IntStream.range(0, grid.size())
              .filter(i -> grid.regions().get(i).level() == level.level())
              .boxed()
              .toList();
      assertThat(there).hasSize(level.along() * level.across());
      for (int i : there) {
        int x = place(grid, there, i, true);
        int y = place(grid, there, i, false);
        assertThat(grid.canonical(i)).isEqualTo(portrait ? level.region(y, x) : level.region(x, y));
      }
    }
  }

  /** Which column or row of its level a region is in: they come by row, then by column. */
  private static int place(RegionGrid grid, List<Integer> level, int i, boolean column) {
    int columns =
        (int)
            level.stream()
                .filter(j -> grid.regions().get(j).y() == grid.regions().get(level.get(0)).y())
                .count();
    if (grid.mapHeight() <= 2 || grid.mapWidth() <= 3) {
      // Squares may fall together on tiny maps.
      int shorter = grid.regions().get(i).level();
      int longer = level.size() / shorter;
      columns = grid.mapWidth() >= grid.mapHeight() ? longer : shorter;
    }
    int at = level.indexOf(i);
    return column ? at % columns : at / columns;
  }

  @Test
  void aNumberOfRegionsThatNoGridHasIsRefused() {
    assertThatThrownBy(() -> RegionLayout.of(ones(9, 2))).hasMessageContaining("has 9 regions");
  }
}
