package dev.remap.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.image.decode.Images;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResizeTest {
  private static final long SEED = 17;

  @Test
  void shrinkingByWholeFactorsIsTheMeanOfTheCoveredPixels() {
    RgbImage image = random(40, 30);
    RgbImage small = Resize.to(image, new ImageShape(8, 15));
    assertThat(small.shape()).isEqualTo(new ImageShape(8, 15));
    for (int y = 0; y < 15; y++) {
      for (int x = 0; x < 8; x++) {
        for (int channel = 0; channel < 3; channel++) {
          double mean = mean(image, 5 * x, 2 * y, 5, 2, channel);
          assertThat((double) Images.value(small, x, y, channel))
              .as("seed %d at %d, %d", SEED, x, y)
              .isEqualTo(mean, within(0.51));
        }
      }
    }
  }

  @Test
  void anAxisThatGrowsDoesNotMakeTheOtherAlias() {
    // Columns alternate between black and white: their mean is grey, a picked column is not.
    RgbImage stripes = new RgbImage(64, 4, new byte[3 * 64 * 4]);
    for (int i = 0; i < stripes.pixels().length; i++) {
      stripes.pixels()[i] = (byte) (i / 3 % 2 == 0 ? 0 : 255);
    }
    RgbImage result = Resize.to(stripes, new ImageShape(8, 16));
    for (byte value : result.pixels()) {
      assertThat(Byte.toUnsignedInt(value)).isBetween(126, 129);
    }
  }

  @Test
  void growingInterpolatesLinearly() {
    byte[] pixels = {0, 0, 0, 100, 100, 100};
    RgbImage grown = Resize.to(new RgbImage(2, 1, pixels), new ImageShape(4, 1));
    // Pixel centres at 0.25, 0.75, 1.25, 1.75 of the old grid, clamped at its ends.
    int[] expected = {0, 25, 75, 100};
    for (int x = 0; x < 4; x++) {
      assertThat(Images.value(grown, x, 0, 1)).isCloseTo(expected[x], within(1));
    }
  }

  @Test
  void theSameShapeIsTheSameImage() {
    RgbImage image = random(7, 5);
    assertThat(Resize.to(image, new ImageShape(7, 5))).isSameAs(image);
  }

  @Test
  void theSameBytesComeOutAgain() {
    RgbImage image = random(301, 211);
    byte[] first = Resize.to(image, new ImageShape(128, 96)).pixels();
    for (int i = 0; i < 5; i++) {
      assertThat(Resize.to(image, new ImageShape(128, 96)).pixels()).isEqualTo(first);
    }
  }

  @Test
  void shapesAndImagesWithoutPixelsAreRefused() {
    assertThatThrownBy(() -> new ImageShape(0, 3)).hasMessageContaining("0x3");
    assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11])).hasMessageContaining("11 bytes");
    assertThatThrownBy(() -> new ImageLimits(0, 1)).hasMessageContaining("bytes is 0");
    assertThatThrownBy(() -> new ImageLimits(1, ImageLimits.MOST_PIXELS + 1))
        .hasMessageContaining("1.." + ImageLimits.MOST_PIXELS);
  }

  private static RgbImage random(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(SEED).nextBytes(pixels);
    return new RgbImage(width, height, pixels);
  }

  private static double mean(RgbImage image, int left, int top, int wide, int high, int channel) {
    double sum = 0;
    for (int y = top; y < top + high; y++) {
      for (int x = left; x < left + wide; x++) {
        sum += Images.value(image, x, y, channel);
      }
    }
    return sum / (wide * high);
  }
}
