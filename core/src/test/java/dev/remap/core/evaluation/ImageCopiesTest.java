package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageCopiesTest {
  private static final int SEEDS = 20;
  private static final ImageShape FULL = new ImageShape(10_000, 10_000);

  private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 20, 1 << 20));
  private final RgbImage original = original();

  @ParameterizedTest
  @EnumSource
  void aSeedGivesTheSameBytesAndAnotherSeedAnother(CopyKind kind) {
    byte[] copy = ImageCopies.make(original, kind, 1);
    assertThat(ImageCopies.make(original, kind, 1)).isEqualTo(copy);
    boolean drawsNothing = kind == CopyKind.MIRROR;
    boolean differs =
        IntStream.range(2, 6)
            .anyMatch(seed -> !Arrays.equals(copy, ImageCopies.make(original, kind, seed)));
    assertThat(differs).isNotEqualTo(drawsNothing);
  }

  @ParameterizedTest
  @EnumSource
  void everyCopyDecodesDiffersAndLeavesTheOriginalAlone(CopyKind kind) throws ImageException {
    byte[] before = original.pixels().clone();
    for (int seed = 0; seed < SEEDS; seed++) {
      RgbImage copy = Resize.to(copy(kind, seed), original.shape());
      double difference = meanDifference(copy, original);
      // JPEG alone is the mildest copy; nothing may come out black or unrelated.
      assertThat(difference).as("%s, seed %d", kind, seed).isBetween(0.5, 90.0);
    }
    assertThat(original.pixels()).isEqualTo(before);
    assertThat(kind.description()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void cropsAndScalesStayInTheirRanges() throws ImageException {
    for (int seed = 0; seed < SEEDS; seed++) {
      RgbImage crop = copy(CopyKind.CROP, seed);
      assertThat(crop.width() / 99.0).as("seed %d", seed).isBetween(0.59, 0.81);
      assertThat(crop.height() / 70.0).as("seed %d", seed).isBetween(0.59, 0.81);
      RgbImage scaled = copy(CopyKind.SCALE, seed);
      assertThat(scaled.width() / 99.0).as("seed %d", seed).isBetween(0.29, 0.61);
      assertThat(scaled.height() / 70.0)
          .as("seed %d", seed)
          .isEqualTo(scaled.width() / 99.0, within(0.02));
    }
  }

  @Test
  void aMirroredCopyIsTheMirrorImage() throws ImageException {
    RgbImage copy = copy(CopyKind.MIRROR, 0);
    byte[] mirrored = new byte[original.pixels().length];
    for (int pixel = 0; pixel < 99 * 70; pixel++) {
      int from = 3 * (pixel / 99 * 99 + 98 - pixel % 99);
      System.arraycopy(original.pixels(), from, mirrored, 3 * pixel, 3);
    }
    assertThat(meanDifference(copy, new RgbImage(99, 70, mirrored))).isLessThan(8);
  }

  @Test
  void darkeningScalesTheBrightness() throws ImageException {
    for (int seed = 0; seed < SEEDS; seed++) {
      assertThat(mean(copy(CopyKind.DARKEN, seed)) / mean(original))
          .as("seed %d", seed)
          .isBetween(0.38, 0.72);
    }
  }

  @Test
  void recompressionIsSmallerThanTheOtherCopies() {
    int plain = ImageCopies.make(original, CopyKind.MIRROR, 0).length;
    for (int seed = 0; seed < SEEDS; seed++) {
      assertThat(ImageCopies.make(original, CopyKind.RECOMPRESS, seed).length)
          .as("seed %d", seed)
          .isLessThan(plain * 2 / 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void evenOnePixelHasCopies(CopyKind kind) throws ImageException {
    RgbImage pixel = new RgbImage(1, 1, new byte[] {10, (byte) 200, 30});
    byte[] copy = ImageCopies.make(pixel, kind, 4);
    assertThat(decoder.decode(copy, FULL).shape()).isEqualTo(new ImageShape(1, 1));
  }

  private RgbImage copy(CopyKind kind, long seed) throws ImageException {
    return decoder.decode(ImageCopies.make(original, kind, seed), FULL);
  }

  private static double mean(RgbImage image) {
    double sum = 0;
    for (byte value : image.pixels()) {
      sum += Byte.toUnsignedInt(value);
    }
    return sum / image.pixels().length;
  }

  private static double meanDifference(RgbImage one, RgbImage other) {
    double sum = 0;
    for (int i = 0; i < one.pixels().length; i++) {
      sum += Math.abs(Byte.toUnsignedInt(one.pixels()[i]) - Byte.toUnsignedInt(other.pixels()[i]));
    }
    return sum / one.pixels().length;
  }

  private static RgbImage original() {
    ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 20, 1 << 20));
    try (InputStream in = ImageCopiesTest.class.getResourceAsStream("/images/rgb.png")) {
      return decoder.decode(in.readAllBytes(), FULL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ImageException e) {
      throw new IllegalStateException(e);
    }
  }
}
