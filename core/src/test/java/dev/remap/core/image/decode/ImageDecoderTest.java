package dev.remap.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder(Images.LIMITS);

  /** Name, then the quadrant means of Pillow's decoding, stored pixels on white. */
  static Stream<List<String>> expected() {
    return new String(Images.read("expected.csv"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> List.of(line.split(",")));
  }

  static Stream<String> names() {
    return expected().map(row -> row.get(0));
  }

  @ParameterizedTest
  @MethodSource("expected")
  void decodesEveryKindOfFileToTheColoursThatPillowSees(List<String> row) throws ImageException {
    String name = row.get(0);
    // Orientation 6: what is stored at the top left is seen at the top right, and so on.
    int[] seen = name.startsWith("oriented") ? new int[] {2, 0, 3, 1} : new int[] {0, 1, 2, 3};
    double[] means = quadrantMeans(Images.decode(name));
    double[] stored = row.stream().skip(1).mapToDouble(Double::parseDouble).toArray();
    for (int quadrant = 0; quadrant < 4; quadrant++) {
      for (int channel = 0; channel < 3; channel++) {
        // Turned by 90 degrees, the odd middle column falls into another quadrant.
        assertThat(means[3 * quadrant + channel])
            .as("%s, quadrant %d, channel %d", name, quadrant, channel)
            .isEqualTo(stored[3 * seen[quadrant] + channel], within(1.5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "rgb.png"})
  void decodesToThePixelsThatTheJdkDecodes(String name) throws Exception {
    RgbImage ours = Images.decode(name);
    BufferedImage theirs = ImageIO.read(new ByteArrayInputStream(Images.read(name)));
    for (int y = 0; y < ours.height(); y++) {
      for (int x = 0; x < ours.width(); x++) {
        for (int channel = 0; channel < 3; channel++) {
          int value = (theirs.getRGB(x, y) >> (16 - 8 * channel)) & 0xff;
          // The two JPEG libraries interpolate chroma differently at edges.
          assertThat(Images.value(ours, x, y, channel))
              .as("%s at %d, %d", name, x, y)
              .isCloseTo(value, within(name.endsWith("png") ? 0 : 6));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void theHeaderTellsTheShapeThatDecodingGives(String name) throws ImageException {
    ImageHeader header = decoder.header(Images.read(name));
    RgbImage image = Images.decode(name);
    assertThat(header.format().name())
        .isEqualTo(
            name.endsWith("jpg") ? "JPEG" : name.replaceAll(".*\\.", "").toUpperCase(Locale.ROOT));
    assertThat(header.orientation()).isEqualTo(name.startsWith("oriented") ? 6 : 1);
    assertThat(header.shape()).isEqualTo(image.shape());
    assertThat(header.shape().longSide()).isEqualTo(Images.WIDTH);
  }

  @ParameterizedTest
  @CsvSource({
    "99,70,99,70",
    "50,35,99,70",
    "49,35,50,35",
    "35,49,50,35",
    "24,17,25,18",
    "13,8,25,18",
    "12,8,13,9",
    "1,1,13,9",
    "12,9,25,18"
  })
  void aJpegIsReducedWhileBothSidesStayLargeEnough(int w, int h, int width, int height)
      throws ImageException {
    ImageShape atLeast = new ImageShape(w, h);
    assertThat(decoder.decode(Images.read("baseline.jpg"), atLeast).shape())
        .isEqualTo(new ImageShape(width, height));
    assertThat(decoder.decode(Images.read("oriented.jpg"), atLeast).shape())
        .isEqualTo(new ImageShape(height, width));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb.png", "lossy.webp", "oriented.png", "alpha.webp"})
  void otherFormatsAreNeverReduced(String name) throws ImageException {
    assertThat(decoder.decode(Images.read(name), Images.TINY).shape().longSide())
        .isEqualTo(Images.WIDTH);
  }

  @Test
  void aReducedJpegHasTheColoursOfTheFullOne() throws ImageException {
    double[] full = quadrantMeans(Images.decode("progressive.jpg"));
    double[] half =
        quadrantMeans(decoder.decode(Images.read("progressive.jpg"), new ImageShape(49, 35)));
    for (int i = 0; i < full.length; i++) {
      assertThat(half[i]).isEqualTo(full[i], within(3.0));
    }
  }

  @Test
  void aBombIsRefusedByItsHeader() {
    byte[] bomb = Images.pngHeaderOnly(30_000, 30_000);
    assertThatThrownBy(
            () -> new ImageDecoder(new ImageLimits(1 << 20, 100_000_000)).decode(bomb, Images.FULL))
        .isInstanceOf(ImageException.class)
        .hasMessage("image has 30000x30000 = 900000000 pixels, more than the limit of 100000000");
  }

  /** Bytes a pixel: a PNG as stored, in 8 bits and as RGB, beside the heap and in it. */
  @ParameterizedTest
  @CsvSource({
    "rgb.png,14",
    "sixteen.png,22",
    "oriented.png,18",
    "alpha.webp,22",
    "progressive.jpg,18"
  })
  void memoryIsEstimatedFromTheHeader(String name, int bytesAPixel) throws ImageException {
    byte[] file = Images.read(name);
    long pixels = (long) Images.WIDTH * Images.HEIGHT;

    assertThat(decoder.memory(file, Images.FULL) - pixels * bytesAPixel)
        .isEqualTo(name.endsWith(".png") ? file.length : 0);
  }

  @Test
  void memoryOfAReducedJpegIsThatOfItsCoefficients() throws ImageException {
    byte[] file = Images.read("baseline.jpg");
    long pixels = (long) Images.WIDTH * Images.HEIGHT;

    assertThat(decoder.memory(file, Images.TINY)).isBetween(pixels * 9, pixels * 10);
    assertThatThrownBy(() -> decoder.memory(Images.pngHeaderOnly(30_000, 30_000), Images.FULL))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than the limit");
  }

  @Test
  void limitsAreInclusive() throws ImageException {
    byte[] file = Images.read("rgb.png");
    ImageLimits exact = new ImageLimits(file.length, Images.WIDTH * Images.HEIGHT);
    assertThat(new ImageDecoder(exact).decode(file, Images.FULL).shape()).isEqualTo(Images.FULL);
    ImageLimits fewerPixels = new ImageLimits(file.length, Images.WIDTH * Images.HEIGHT - 1);
    assertThatThrownBy(() -> new ImageDecoder(fewerPixels).decode(file, Images.FULL))
        .hasMessageContaining("99x70 = 6930 pixels");
    ImageLimits fewerBytes = new ImageLimits(file.length - 1, Images.WIDTH * Images.HEIGHT);
    assertThatThrownBy(() -> new ImageDecoder(fewerBytes).decode(file, Images.FULL))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than the limit of " + (file.length - 1));
  }

  @Test
  void whatIsNoImageIsNamed() {
    assertRefused(new byte[0], "empty");
    assertRefused("<html>not found</html>".getBytes(StandardCharsets.UTF_8), "it is HTML");
    assertRefused("GIF89a\1\0\1\0".getBytes(StandardCharsets.ISO_8859_1), "it is a GIF");
    assertRefused(new byte[] {(byte) 0xff}, "begins with the bytes ff");
  }

  @Test
  void theNameOfAFormatDoesNotMatterButItsSidesDo() {
    assertRefused(Images.pngHeaderOnly(0, 5), "0x5");
    assertRefused(Images.pngHeaderOnly(5, 0), "5x0");
    assertRefused(Images.pngHeaderOnly(-1, 5), "-1x5");
    byte[] jpeg = Images.read("baseline.jpg");
    int frame = Images.find(jpeg, "\u00ff\u00c0");
    assertRefused(Images.withByte(jpeg, frame + 6, 0), "99x0");
    assertRefused(Images.withByte(jpeg, frame + 8, 0), "0x70");
  }

  @Test
  void pixelsThatTheDecoderDoesNotFindAreAnImageFault() {
    assertRefused(Images.pngHeaderOnly(40, 30), "PNG of 40x30 pixels is damaged");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aFileThatIsCutShortIsRefusedUnlessItHasAllOfItsPixels(String name) throws ImageException {
    byte[] file = Images.read(name);
    byte[] pixels = Images.decode(file).pixels();
    int refused = 0;
    for (int length = 0; length < file.length; length += 1 + file.length / 97) {
      try {
        RgbImage decoded = Images.decode(Arrays.copyOf(file, length));
        assertThat(decoded.pixels()).as("%s cut to %d bytes", name, length).isEqualTo(pixels);
      } catch (ImageException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThanOrEqualTo(90);
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatFollowsTheImageDoesNotMatter(String name) throws ImageException {
    byte[] longer = Images.withAppended(Images.read(name), new byte[] {0, 1, (byte) 0xff, 3});
    assertThat(Images.decode(longer).pixels()).isEqualTo(Images.decode(name).pixels());
  }

  @Test
  void manyThreadsDecodeTheSameBytes() throws Exception {
    List<String> names = names().toList();
    List<byte[]> alone = new ArrayList<>();
    for (String name : names) {
      alone.add(Images.decode(name).pixels());
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> together = new ArrayList<>();
      for (int i = 0; i < 10 * names.size(); i++) {
        String name = names.get(i % names.size());
        together.add(threads.submit(() -> Images.decode(name).pixels()));
      }
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i % names.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> Images.decode(bytes))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(reason);
  }

  private static double[] quadrantMeans(RgbImage image) {
    double[] sums = new double[12];
    int[] counts = new int[4];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int quadrant = (y < image.height() / 2 ? 0 : 2) + (x < image.width() / 2 ? 0 : 1);
        counts[quadrant]++;
        for (int channel = 0; channel < 3; channel++) {
          sums[3 * quadrant + channel] += Images.value(image, x, y, channel);
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= counts[i / 3];
    }
    return sums;
  }
}
