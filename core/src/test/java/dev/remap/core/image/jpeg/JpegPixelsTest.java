package dev.remap.core.image.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Mats;
import dev.remap.core.image.Orientation;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.Images;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Pixels that the walk over a JPEG's codes makes, and those of libjpeg-turbo at every size, held
 * against OpenCV's decoding.
 */
class JpegPixelsTest {
  private static final int[] REDUCTIONS = {1, 2, 4, 8};

  private static final int[][] SIDES = {
    {1, 1}, {7, 9}, {16, 16}, {17, 33}, {1000, 3}, {3, 1000}, {2, 2}, {33, 17}, {99, 70}, {64, 48}
  };

  /** Of brightness over colour, as OpenCV names them; 0 is grey. */
  private static final List<Integer> SAMPLINGS =
      List.of(
          0,
          Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444,
          Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_422,
          Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_440,
          Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420);

  static Stream<Integer> samplings() {
    return SAMPLINGS.stream();
  }

  /** With noise of any strength over waves and edges. */
  static byte[] jpeg(Random random, int sampling, int width, int height, int... more) {
    try (Mats mats = new Mats()) {
      int channels = sampling == 0 ? 1 : 3;
      byte[] pixels = new byte[channels * width * height];
      int noise = 1 + random.nextInt(120);
      int period = 3 + random.nextInt(40);
      for (int i = 0; i < pixels.length; i++) {
        int x = i / channels % width;
        int y = i / channels / width;
        int wave = (int) (120 + 119 * Math.sin((x + y * (1 + i % channels)) / (double) period));
        int edge = (x / period + y / period) % 5 == 0 ? 90 : 0;
        pixels[i] = (byte) Math.max(0, Math.min(255, wave + edge + random.nextInt(noise)));
      }
      Mat image = mats.own(new Mat(height, width, CvType.CV_8UC(channels)));
      image.put(0, 0, pixels);
      int[] sampled =
          sampling == 0 ? new int[0] : new int[] {Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR, sampling};
      int[] all = IntStream.concat(Arrays.stream(sampled), Arrays.stream(more)).toArray();
      MatOfByte out = mats.own(new MatOfByte());
      assertThat(Imgcodecs.imencode(".jpg", image, out, mats.own(new MatOfInt(all)))).isTrue();
      return out.toArray();
    }
  }

  /** Where the bits of the first scan begin. */
  static int scanData(byte[] file) {
    int scan = Images.find(file, "\u00ff\u00da");
    return scan + 2 + Byte.toUnsignedInt(file[scan + 2]) * 256 + Byte.toUnsignedInt(file[scan + 3]);
  }

  private static Optional<RgbImage> opencv(byte[] file, int reduction) {
    int flags =
        switch (reduction) {
          case 8 -> Imgcodecs.IMREAD_REDUCED_COLOR_8;
          case 4 -> Imgcodecs.IMREAD_REDUCED_COLOR_4;
          case 2 -> Imgcodecs.IMREAD_REDUCED_COLOR_2;
          default -> Imgcodecs.IMREAD_COLOR;
        };
    try (Mats mats = new Mats()) {
      Mat bgr =
          mats.own(
              Imgcodecs.imdecode(
                  mats.own(new MatOfByte(file)), flags | Imgcodecs.IMREAD_IGNORE_ORIENTATION));
      return bgr.empty() ? Optional.empty() : Optional.of(mats.rgb(bgr));
    }
  }

  private static void assertSame(byte[] file, String what) throws ImageException {
    assertSame(JpegScans.follow(file, 8).pixels().orElseThrow(), file, 8, what + ", walked");
    for (int reduction : REDUCTIONS) {
      assertSame(turbo(file, reduction).orElseThrow(), file, reduction, what);
    }
  }

  private static void assertSame(RgbImage ours, byte[] file, int reduction, String what) {
    RgbImage theirs = opencv(file, reduction).orElseThrow();
    assertThat(ours.shape()).as("%s at 1/%d", what, reduction).isEqualTo(theirs.shape());
    assertThat(ours.pixels()).as("%s at 1/%d", what, reduction).isEqualTo(theirs.pixels());
  }

  private static Optional<RgbImage> turbo(byte[] file, int reduction) throws ImageException {
    JpegHeader header = JpegHeader.of(file);
    return TurboJpeg.decode(file, reduction, new ImageShape(header.width(), header.height()));
  }

  @ParameterizedTest
  @MethodSource("samplings")
  void pixelsAreThoseOfOpenCvBitForBitWhateverTheSides(int sampling) throws ImageException {
    Random random = new Random(sampling);
    for (int[] sides : SIDES) {
      byte[] file = jpeg(random, sampling, sides[0], sides[1]);
      assertSame(file, "sampling %x, %s".formatted(sampling, Arrays.toString(sides)));
    }
  }

  @ParameterizedTest
  @MethodSource("samplings")
  void pixelsAreThoseOfOpenCvWhateverTheEncodersOptions(int sampling) throws ImageException {
    Random random = new Random(sampling + 1);
    for (int quality : new int[] {5, 25, 50, 75, 90, 95, 100}) {
      for (int restarts : new int[] {0, 1, 5}) {
        for (int optimised = 0; optimised < 2; optimised++) {
          byte[] file =
              jpeg(
                  random,
                  sampling,
                  1 + random.nextInt(90),
                  1 + random.nextInt(90),
                  Imgcodecs.IMWRITE_JPEG_QUALITY,
                  quality,
                  Imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                  restarts,
                  Imgcodecs.IMWRITE_JPEG_OPTIMIZE,
                  optimised);
          assertSame(file, "quality %d, interval %d".formatted(quality, restarts));
        }
      }
    }
  }

  /** Large enough for codes to be stepped over several at once. */
  @ParameterizedTest
  @MethodSource("samplings")
  void pixelsOfALargeFileAreThoseOfOpenCv(int sampling) throws ImageException {
    Random random = new Random(sampling + 2);
    byte[] file = jpeg(random, sampling, 801, 603, Imgcodecs.IMWRITE_JPEG_QUALITY, 95);
    assertThat(file.length).isGreaterThan(1 << 17);
    assertSame(file, "large, sampling %x".formatted(sampling));
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "restarts.jpg", "grey.jpg", "oriented.jpg"})
  void pixelsOfAnotherEncodersFilesAreThoseOfOpenCv(String name) throws ImageException {
    assertSame(Images.read(name), name);
  }

  /** Coefficients far beyond what an encoder writes: numbers wrap around in the same way. */
  @Test
  void pixelsOfNonsenseAreThoseOfOpenCv() throws ImageException {
    Random random = new Random(5);
    int seen = 0;
    for (int round = 0; round < 400; round++) {
      int sampling = SAMPLINGS.get(round % SAMPLINGS.size());
      byte[] file = jpeg(random, sampling, 40, 40, Imgcodecs.IMWRITE_JPEG_QUALITY, 30);
      int tables = Images.find(file, "\u00ff\u00db") + 5;
      for (int i = 0; i < 64; i++) {
        file[tables + i] = (byte) (random.nextInt(8) == 0 ? 255 : random.nextInt(256));
      }
      int scan = Images.find(file, "\u00ff\u00da") + 14;
      for (int i = random.nextInt(12); i > 0; i--) {
        file[scan + random.nextInt(file.length - 2 - scan)] = (byte) random.nextInt(255);
      }
      if (isWhole(file)) {
        byte[] whole = JpegScans.verifiedPixels(file);
        RgbImage walked = JpegScans.follow(whole, 8).pixels().orElseThrow();
        assertSame(walked, whole, 8, "round " + round);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(50);
  }

  private static boolean isWhole(byte[] file) {
    try {
      return JpegScans.follow(file, 8).pixels().isPresent();
    } catch (ImageException e) {
      return false;
    }
  }

  private static String verdict(byte[] file, int reduction) {
    try {
      JpegHeader.of(file);
      JpegScans.follow(file, reduction);
      return "";
    } catch (ImageException e) {
      return e.getMessage();
    }
  }

  /** Also by its words: what is missing, and where. */
  @ParameterizedTest
  @MethodSource("samplings")
  void aDamagedFileIsJudgedAsIfNoPixelsWereMade(int sampling) throws ImageException {
    Random random = new Random(sampling + 3);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] file =
          jpeg(random, sampling, 50, 40, Imgcodecs.IMWRITE_JPEG_RST_INTERVAL, round % 3 * 2);
      int at = 3 + random.nextInt(file.length - 3);
      byte[] damaged =
          switch (round % 4) {
            case 0 -> Arrays.copyOf(file, at);
            case 1 -> Images.without(file, at, Math.min(file.length - at, 1 + random.nextInt(9)));
            default -> Images.withByte(file, at, file[at] ^ (1 << random.nextInt(8)));
          };
      String verdict = verdict(damaged, 1);
      refused += verdict.isEmpty() ? 0 : 1;
      for (int reduction : REDUCTIONS) {
        assertThat(verdict(damaged, reduction)).as("round %d", round).isEqualTo(verdict);
        if (verdict.isEmpty()) {
          JpegScans.Whole whole = JpegScans.follow(damaged, reduction);
          // What OpenCV refuses is not made here, and what is made is the same.
          if (whole.pixels().isPresent()) {
            assertSame(whole.pixels().get(), whole.file(), reduction, "round " + round);
          }
        }
      }
    }
    assertThat(refused).isBetween(30, 290);
  }

  @Test
  void garbageBehindAHeaderGivesAnImageOrAnImageException() {
    Random random = new Random(9);
    ImageDecoder decoder = new ImageDecoder(Images.LIMITS);
    for (int round = 0; round < 2000; round++) {
      byte[] file = Images.read(round % 2 == 0 ? "baseline.jpg" : "restarts.jpg");
      int from = round % 3 == 0 ? 3 : Images.find(file, "\u00ff\u00da") + random.nextInt(20);
      byte[] noise = new byte[random.nextInt(file.length - from)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, file, from, noise.length);
      try {
        decoder.decode(file, Images.TINY);
      } catch (ImageException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  /** Each of these is decoded by libjpeg-turbo, or where it has four channels by OpenCV. */
  @Test
  void whatIsNotPlainIsLeftToADecoder() throws ImageException {
    Random random = new Random(3);
    byte[] file = jpeg(random, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420, 50, 40);
    List<byte[]> others = new ArrayList<>();
    others.add(jpeg(random, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_411, 50, 40));
    others.add(
        jpeg(
            random,
            Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420,
            50,
            40,
            Imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
            1));
    byte[] cmyk = Images.read("cmyk.jpg");
    others.add(cmyk);
    // Bytes between two segments, and a segment of a kind that nobody knows.
    others.add(Images.inserted(file, Images.find(file, "\u00ff\u00db"), new byte[3]));
    others.add(
        Images.inserted(file, Images.find(file, "\u00ff\u00db"), new byte[] {-1, 0x30, 0, 2}));
    // Red, green and blue by Adobe's mark, and by the channels' names.
    byte[] noJfif = Images.without(file, 2, 18);
    byte[] adobe = {-1, -18, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
    others.add(Images.inserted(noJfif, 2, adobe));
    byte[] named = noJfif.clone();
    int frame = Images.find(named, "\u00ff\u00c0") + 10;
    int scan = Images.find(named, "\u00ff\u00da") + 5;
    for (int i = 0; i < 3; i++) {
      named[frame + 3 * i] = (byte) "RGB".charAt(i);
      named[scan + 2 * i] = (byte) "RGB".charAt(i);
    }
    others.add(named);

    assertSame(file, "plain");
    assertSame(noJfif, "channels 1, 2, 3 and no mark");
    for (byte[] other : others) {
      for (int reduction : REDUCTIONS) {
        assertThat(JpegScans.follow(other, reduction).pixels())
            .as("no %d", others.indexOf(other))
            .isEmpty();
        byte[] whole = JpegScans.follow(other, 1).file();
        if (other == cmyk) {
          assertThat(turbo(whole, reduction)).isEmpty();
        } else if (opencv(whole, reduction).isEmpty()) {
          assertThatThrownBy(() -> turbo(whole, reduction)).isInstanceOf(ImageException.class);
        } else {
          assertSame(turbo(whole, reduction).orElseThrow(), whole, reduction, "decoded");
        }
      }
    }
    for (int reduction : List.of(1, 2, 4)) {
      assertThat(JpegScans.follow(file, reduction).pixels()).isEmpty();
    }
  }

  /** Decoders do not take a code of ones, nor means of 16 bits and more. */
  @Test
  void tablesThatOpenCvRefusesStayRefused() {
    byte[] file = jpeg(new Random(4), 0, 50, 40);
    int counts = Images.find(file, "\u00ff\u00c4") + 5;
    // The longest code, of a difference that does not occur, gets a bit shorter.
    byte[] ones = Images.withByte(Images.withByte(file, counts + 7, 2), counts + 8, 0);
    byte[] wide = Images.withByte(file, counts + 16 + 11, 0x1b);

    for (byte[] other : List.of(ones, wide)) {
      assertThat(opencv(other, 8)).isEmpty();
      assertThatThrownBy(() -> new ImageDecoder(Images.LIMITS).decode(other, Images.TINY))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("the decoder gave no pixels");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aReducedPictureIsTurnedAsAFullOneIs(int orientation) throws ImageException {
    byte[] file = Images.read("oriented.jpg");
    int value = Images.find(file, "Exif") + 6 + 18;
    byte[] turned =
        file[value] == 0
            ? Images.withByte(file, value + 1, orientation)
            : Images.withByte(file, value, orientation);
    ImageDecoder decoder = new ImageDecoder(Images.LIMITS);
    assertThat(decoder.header(turned).orientation()).isEqualTo(orientation);
    RgbImage stored = JpegScans.follow(turned, 8).pixels().orElseThrow();
    RgbImage upright = decoder.decode(turned, Images.TINY);

    try (Mats mats = new Mats()) {
      Mat mat = Orientation.apply(orientation, mats.bgr(stored), mats);
      assertThat(upright.pixels()).isEqualTo(mats.rgb(mat).pixels());
      assertThat(upright.width()).isEqualTo(mat.cols());
    }
  }
}
