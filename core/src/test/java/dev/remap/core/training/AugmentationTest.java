package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.RgbImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  /** Red rises to the right, green downwards; blue is 100. */
  private static final RgbImage SLOPES = slopes(40, 30);

  private static RgbImage slopes(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      pixels[3 * i] = (byte) (5 * (i % width));
      pixels[3 * i + 1] = (byte) (7 * (i / width));
      pixels[3 * i + 2] = 100;
    }
    return new RgbImage(width, height, pixels);
  }

  private static int value(RgbImage image, int x, int y, int channel) {
    return image.pixels()[3 * (y * image.width() + x) + channel] & 0xFF;
  }

  private static List<RgbImage> some(Augmentation augmentation) {
    List<RgbImage> images = new ArrayList<>();
    for (int number = 0; number < 100; number++) {
      RgbImage image = augmentation.of(SLOPES, 3, number);
      assertThat(image.shape()).isEqualTo(SLOPES.shape());
      images.add(image);
    }
    return images;
  }

  @Test
  void whatIsDrawnDependsOnSeedEpochAndImageAlone() {
    Augmentation all = new Augmentation(0.5, 0.5, 0.5, 0.4, 1);
    byte[] first = all.of(SLOPES, 1, 5).pixels();
    assertThat(all.of(SLOPES, 1, 5).pixels()).isEqualTo(first);
    assertThat(all.of(SLOPES, 2, 5).pixels()).isNotEqualTo(first);
    assertThat(all.of(SLOPES, 1, 6).pixels()).isNotEqualTo(first);
    assertThat(new Augmentation(0.5, 0.5, 0.5, 0.4, 2).of(SLOPES, 1, 5).pixels())
        .isNotEqualTo(first);
  }

  @Test
  void offMeansTheImageItself() {
    assertThat(Augmentation.NONE.isNone()).isTrue();
    assertThat(Augmentation.NONE.of(SLOPES, 1, 1)).isSameAs(SLOPES);
  }

  @Test
  void halfOfTheImagesAreMirroredAndTheOthersStay() {
    List<RgbImage> images = some(new Augmentation(1, 1, 0.5, 0, 1));
    int mirrored = 0;
    for (RgbImage image : images) {
      boolean isMirrored = value(image, 0, 0, 0) > 0;
      mirrored += isMirrored ? 1 : 0;
      for (int x = 0; x < 40; x++) {
        assertThat(value(image, x, 20, 0)).isEqualTo(5 * (isMirrored ? 39 - x : x));
        assertThat(value(image, x, 20, 1)).isEqualTo(140);
      }
    }
    assertThat(mirrored).isBetween(30, 70);
  }

  /** The slope across the picture says which part of it is left. */
  @Test
  void aCropLeavesAShareOfTheAreaAtTheSameAspect() {
    Set<Integer> lefts = new HashSet<>();
    for (RgbImage image : some(new Augmentation(0.49, 1, 0, 0, 1))) {
      double wide = (value(image, 39, 15, 0) - value(image, 0, 15, 0)) / (5.0 * 39);
      double high = (value(image, 20, 29, 1) - value(image, 20, 0, 1)) / (7.0 * 29);
      assertThat(wide).isBetween(0.66, 1.0);
      assertThat(high).isBetween(wide - 0.05, wide + 0.05);
      lefts.add(value(image, 0, 15, 0));
    }
    assertThat(lefts).hasSizeGreaterThan(5);
  }

  @Test
  void aScaledImageLiesOnAGroundOfItsMeanColour() {
    int grounds = 0;
    for (RgbImage image : some(new Augmentation(1, 0.5, 0, 0, 1))) {
      long alike =
          IntStream.range(0, 1200)
              .filter(i -> value(image, i % 40, i / 40, 0) == 97)
              .filter(i -> value(image, i % 40, i / 40, 1) == 101)
              .count();
      assertThat(alike).isLessThanOrEqualTo(1200 * 3 / 4 + 40);
      grounds += alike > 100 ? 1 : 0;
      assertThat(IntStream.range(0, 1200).map(i -> value(image, i % 40, i / 40, 2)))
          .containsOnly(100);
    }
    assertThat(grounds).isGreaterThan(50);
  }

  @Test
  void coloursAreMultipliedAndContrastIsAboutTheMean() {
    double mean = (97.5 + 101.5 + 100) / 3;
    for (RgbImage image : some(new Augmentation(1, 1, 0, 0.2, 1))) {
      // Of v ↦ ((v − m)·k + m)·b, two values say what k and b are.
      double slope = (value(image, 30, 15, 0) - value(image, 10, 15, 0)) / 100.0;
      double atMean = value(image, 20, 15, 2) + slope * (mean - 100);
      double brightness = atMean / mean;
      assertThat(brightness).isBetween(0.78, 1.22);
      assertThat(slope / brightness).isBetween(0.78, 1.22);
    }
  }
}
