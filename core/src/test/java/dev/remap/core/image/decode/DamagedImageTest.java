package dev.remap.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedImageTest {
  private static final int ROUNDS = 200;

  @ParameterizedTest
  @ValueSource(
      strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg", "cmyk.jpg"})
  void aJpegWithAPieceCutOutOfItsPixelsIsRefused(String name) {
    long seed = 11;
    Random random = new Random(seed);
    byte[] file = Images.read(name);
    int from = Images.find(file, "\u00ff\u00da") + 14;
    List<String> accepted = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      int length = 32 + random.nextInt(file.length / 4);
      int at = from + random.nextInt(file.length - 2 - length - from);
      byte[] cut = Images.without(file, at, length);
      if (decodes(cut)) {
        accepted.add(length + " bytes at " + at);
      }
    }
    // Codes may fall back into step by chance; a real check misses hardly any.
    assertThat(accepted)
        .as("cuts of %s accepted, seed %d", name, seed)
        .hasSizeLessThan(ROUNDS / 20);
  }

  @Test
  void aJpegWhoseRestartsAreNotInOrderIsRefused() {
    byte[] file = Images.read("restarts.jpg");
    int second = Images.find(file, "\u00ff\u00d1");
    int third = Images.find(file, "\u00ff\u00d2");
    assertThatThrownBy(() -> Images.decode(Images.without(file, second, third - second)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("restart 1 missing");
  }

  @Test
  void aJpegWithoutAScanIsRefused() {
    byte[] file = Images.read("baseline.jpg");
    int scan = Images.find(file, "\u00ff\u00da");
    assertThatThrownBy(() -> Images.decode(Images.without(file, scan, file.length - 2 - scan)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("ends before a scan");
  }

  @Test
  void aJpegWithScansWithoutEndIsRefused() {
    byte[] file = Images.read("progressive.jpg");
    // The first scan brings the means of all blocks; it is as valid when it comes again.
    int from = Images.find(file, "\u00ff\u00da");
    int to =
        from + 1 + Images.find(Arrays.copyOfRange(file, from + 1, file.length), "\u00ff\u00c4");
    byte[] scan = Arrays.copyOfRange(file, from, to);
    byte[] many = Arrays.copyOf(file, to);
    for (int i = 0; i < 100; i++) {
      many = Images.withAppended(many, scan);
    }
    byte[] endless = Images.withAppended(many, Arrays.copyOfRange(file, to, file.length));
    assertRefused(endless, "more than 100 scans");
  }

  @Test
  void jpegProcessesThatAreNotDecodedAreNamed() {
    byte[] file = Images.read("baseline.jpg");
    int frame = Images.find(file, "\u00ff\u00c0");
    assertRefused(Images.withByte(file, frame + 1, 0xc3), "SOF3");
    assertRefused(Images.withByte(file, frame + 1, 0xc9), "SOF9");
    assertRefused(Images.withByte(file, frame + 4, 12), "12 bits");
    assertRefused(Images.withByte(file, frame + 9, 2), "2 colour channels");
    assertRefused(Images.withByte(file, frame + 11, 0), "sampling factors");
  }

  @Test
  void aProgressiveJpegThatEndsBetweenTwoScansIsRefused() {
    byte[] file = Images.read("progressive.jpg");
    List<Integer> scans = Images.all(file, "\u00ff\u00da");
    assertThat(scans).hasSize(10);
    for (int scan : scans.subList(1, 10)) {
      // Tables stand before a scan; they are cut off with it or not.
      assertRefused(Arrays.copyOf(file, scan), "JPEG is cut short");
    }
  }

  /** Of the file that the last chunk of pixels ends, everything but IEND is needed. */
  @Test
  void aPngWithAFlippedBitInWhatItsPixelsNeedIsRefused() {
    byte[] file = Images.read("palette.png");
    Random random = new Random(5);
    for (int round = 0; round < ROUNDS; round++) {
      int at = random.nextInt(file.length - 12);
      byte[] flipped = Images.withByte(file, at, file[at] ^ (1 << random.nextInt(8)));
      assertThat(decodes(flipped)).as("seed 5, byte %d", at).isFalse();
    }
  }

  @Test
  void aPngWithTextAndProfilesDecodesToTheSamePixels() throws ImageException {
    byte[] file = Images.read("rgb.png");
    byte[] text =
        Images.chunk("tEXt", "Comment\0no profile at all".getBytes(StandardCharsets.ISO_8859_1));
    byte[] profile = Images.chunk("iCCP", new byte[] {'x', 0, 0, 1, 2, 3});
    int afterHeader = Images.find(file, "IHDR") - 4 + 25;
    byte[] start = Arrays.copyOf(file, afterHeader);
    byte[] rest = Arrays.copyOfRange(file, afterHeader, file.length);
    byte[] longer =
        Images.withAppended(Images.withAppended(Images.withAppended(start, text), profile), rest);
    assertThat(Images.decode(longer).pixels()).isEqualTo(Images.decode(file).pixels());
    assertThat(PngFile.verifiedPixels(longer)).isEqualTo(file);
  }

  @Test
  void anAnimatedWebpIsRefused() {
    assertRefused(Images.read("animated.webp"), "animation");
  }

  @Test
  void aWebpWithAPieceCutOutIsRefused() {
    for (String name : new String[] {"lossy.webp", "lossless.webp", "alpha.webp"}) {
      byte[] file = Images.read(name);
      assertRefused(Images.without(file, file.length / 2, 8), "WebP is cut short");
    }
  }

  @Test
  void aWebpWhoseCanvasDisagreesWithItsPictureIsRefused() {
    byte[] file = Images.read("alpha.webp");
    int canvas = Images.find(file, "VP8X") + 12;
    assertRefused(Images.withByte(file, canvas, 200), "a canvas of 201x70 with a picture of 99x70");
  }

  @ParameterizedTest
  @MethodSource("dev.remap.core.image.decode.ImageDecoderTest#names")
  void anyDamageGivesAnImageOrAnImageException(String name) {
    long seed = 3;
    Random random = new Random(seed);
    byte[] file = Images.read(name);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = file.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        // Half of the hits go where the headers are.
        int at = random.nextInt(random.nextBoolean() ? Math.min(700, file.length) : file.length);
        damaged[at] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> decodes(damaged))
          .as("%s, seed %d, round %d", name, seed, round)
          .doesNotThrowAnyException();
    }
  }

  private static boolean decodes(byte[] file) {
    try {
      Images.decode(file);
      return true;
    } catch (ImageException e) {
      assertThat(e).hasMessageNotContaining("null");
      return false;
    }
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> Images.decode(bytes))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(reason);
  }
}
