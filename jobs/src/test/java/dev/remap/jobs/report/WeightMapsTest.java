package dev.remap.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.pooling.RegionWeights;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class WeightMapsTest {
  private static String picture(int width, int height) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpeg", jpeg);
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg.toByteArray());
  }

  /** Two levels of a landscape image: 2 regions, then 3 × 2, whose weights are of two layers. */
  private static RegionWeights weights() {
    float[] first = {0, 1, 2, 3, 4, 5, 6, 8};
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, 2, new float[][] {first, first});
  }

  @Test
  void everyLevelHasItsRegionsWhereTheyLieOnTheImage() throws IOException {
    List<WeightMaps.Level> levels = WeightMaps.over(picture(120, 80), weights());

    assertThat(levels).extracting(WeightMaps.Level::level).containsExactly(1, 2);
    assertThat(levels.get(0).squares()).hasSize(2);
    List<WeightMaps.Square> squares = levels.get(1).squares();
    assertThat(squares).hasSize(6);
    assertThat(squares.get(5))
        .isEqualTo(
            new WeightMaps.Square(
                "80.0", "40.0", "40.0", "40.0", "0.750", "100.0", "60.0", "16.0"));
    assertThat(squares.get(1).y()).isEqualTo("40.0");
    assertThat(squares.get(2).x()).isEqualTo("40.0");
  }

  @Test
  void onAnUprightImageTheLongerSideIsTheHeight() throws IOException {
    List<WeightMaps.Square> squares = WeightMaps.over(picture(80, 120), weights()).get(1).squares();

    assertThat(squares.get(1).x()).isEqualTo("40.0");
    assertThat(squares.get(2).y()).isEqualTo("40.0");
    assertThat(squares.get(5).weight()).isEqualTo("16.0");
  }

  @Test
  void weightsOfNothingCoverNothing() throws IOException {
    RegionWeights none =
        new RegionWeights(RegionWeights.SCHEMA_VERSION, 2, new float[][] {new float[8]});

    assertThat(WeightMaps.over(picture(40, 30), none).get(1).squares())
        .allMatch(square -> square.cover().equals("0.000"));
  }
}
