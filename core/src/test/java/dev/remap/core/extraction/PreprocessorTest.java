package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTest {
  private static final Preprocessor PREPARER =
      Preprocessor.of(
          new ImageLimits(100_000, 100_000), List.of(new Scale(40, 30, 1f), new Scale(20, 15, 1f)));

  @ParameterizedTest
  @CsvSource({
    "100,50,LANDSCAPE",
    "50,100,PORTRAIT",
    "60,60,LANDSCAPE",
    "60,61,PORTRAIT",
    "3,2,LANDSCAPE",
    "1,1,LANDSCAPE"
  })
  void stretchesToTheShapeOfItsOwnLayoutAtEveryScale(int width, int height, Aspect layout)
      throws Exception {
    Prepared prepared = PREPARER.prepare(png(width, height, 0x4080C0));
    assertThat(prepared.layout()).isEqualTo(layout);
    assertThat(prepared.width()).isEqualTo(width);
    assertThat(prepared.height()).isEqualTo(height);
    boolean portrait = layout == Aspect.PORTRAIT;
    assertThat(prepared.pixels().stream().map(RgbImage::shape))
        .containsExactly(
            portrait ? new ImageShape(30, 40) : new ImageShape(40, 30),
            portrait ? new ImageShape(15, 20) : new ImageShape(20, 15));
    byte[] pixels = prepared.pixels().get(1).pixels();
    assertThat(pixels).startsWith(0x40, 0x80, 0xC0).endsWith(0x40, 0x80, 0xC0);
  }

  @Test
  void whatIsNoImageIsItsOwnFault() {
    assertThatThrownBy(() -> PREPARER.prepare(new byte[] {1, 2, 3}))
        .isInstanceOf(ImageException.class);
    assertThatThrownBy(() -> PREPARER.prepare(png(400, 300, 0)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("120000 pixels");
  }

  private static byte[] png(int width, int height, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
