package dev.remap.core.image.jpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.Mats;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.Images;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * What is described and what is refused, held against other decoders on the same mutated files: the
 * JDK's libjpeg, which says what it missed, and the libpng in OpenCV.
 *
 * <p>The rule: pixels that a decoder makes without missing data, the same as of the sound file, are
 * described as those of the sound file; and what is described has no other pixels than the sound
 * file.
 */
class WholeImageTest {
  private static final long SEED = 17;

  /** What the JDK makes of a JPEG. */
  record Verdict(Optional<int[]> pixels, List<String> warnings) {
    static Verdict of(byte[] file) {
      List<String> warnings = new ArrayList<>();
      ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
      IIOReadWarningListener listener = (source, warning) -> warnings.add(warning);
      reader.addIIOReadWarningListener(listener);
      try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
        reader.setInput(in);
        BufferedImage image = reader.read(0);
        int[] rgb =
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return new Verdict(Optional.of(rgb), warnings);
      } catch (IOException | RuntimeException e) {
        return new Verdict(Optional.empty(), warnings);
      } finally {
        reader.dispose();
      }
    }

    boolean missedData() {
      return warnings.stream()
          .anyMatch(text -> text.matches(".*(premature end of data segment|progression).*"));
    }

    boolean sees(Verdict sound) {
      return pixels.isPresent() && Arrays.equals(pixels.get(), sound.pixels.orElseThrow());
    }
  }

  private int described;
  private int refused;

  private void compare(byte[] mutated, Verdict sound, RgbImage pixels, String what) {
    Verdict verdict = Verdict.of(mutated);
    Optional<RgbImage> ours = decoded(mutated);
    if (verdict.sees(sound) && !verdict.missedData()) {
      assertThat(ours).as("%s: libjpeg sees all of it", what).isPresent();
    }
    if (!verdict.sees(sound)) {
      assertThat(ours).as("%s: libjpeg sees other pixels", what).isEmpty();
    }
    ours.ifPresent(image -> assertThat(image.pixels()).as(what).isEqualTo(pixels.pixels()));
    described += ours.isPresent() ? 1 : 0;
    refused += ours.isPresent() ? 0 : 1;
  }

  static Optional<RgbImage> decoded(byte[] file) {
    try {
      return Optional.of(Images.decode(file));
    } catch (ImageException e) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg"})
  void aJpegCutAnywhereIsDescribedIfLibjpegMissesNothing(String name) throws ImageException {
    byte[] file = Images.read(name);
    Verdict sound = Verdict.of(file);
    RgbImage pixels = Images.decode(file);
    int scan = Images.find(file, "\u00ff\u00da");
    for (int end = scan; end < file.length; end += end > file.length - 40 ? 1 : 41) {
      compare(Arrays.copyOf(file, end), sound, pixels, name + " up to byte " + end);
    }
    assertThat(described).as("without an end marker, or half of one").isGreaterThanOrEqualTo(2);
    assertThat(refused).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg"})
  void bytesBetweenTheLastCodeAndAMarkerDoNotCostAJpeg(String name) throws ImageException {
    byte[] file = Images.read(name);
    Verdict sound = Verdict.of(file);
    RgbImage pixels = Images.decode(file);
    for (int marker : markersBehindCodes(file)) {
      for (int count : new int[] {1, 17, 40, 4000}) {
        byte[] junk = new byte[count];
        compare(Images.inserted(file, marker, junk), sound, pixels, count + " zeros at " + marker);
        Arrays.fill(junk, (byte) ' ');
        compare(Images.inserted(file, marker, junk), sound, pixels, count + " blanks at " + marker);
      }
    }
    assertThat(refused).isZero();
  }

  /** The native decoder would complain about them on the standard error, without a name. */
  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg"})
  void whatIsNoCodeDoesNotReachTheNativeDecoder(String name) throws ImageException {
    byte[] file = Images.read(name);
    List<Integer> markers = markersBehindCodes(file);
    byte[] longer = file;
    for (int i = markers.size() - 1; i >= 0; i--) {
      longer = Images.inserted(longer, markers.get(i), new byte[1 + 20 * (i % 3)]);
    }
    assertThat(JpegScans.verifiedPixels(longer)).isEqualTo(file);
    byte[] open = Arrays.copyOf(longer, longer.length - 2);
    assertThat(JpegScans.verifiedPixels(open)).isEqualTo(file);
    assertThat(JpegScans.verifiedPixels(file)).isSameAs(file);
  }

  /** With and without an end marker; random bytes without one may read as codes by chance. */
  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "restarts.jpg", "grey.jpg"})
  void aTrailerDoesNotCostAJpeg(String name) throws ImageException {
    byte[] file = Images.read(name);
    RgbImage pixels = Images.decode(file);
    byte[] open = Arrays.copyOf(file, file.length - 2);
    byte[] trailer = new byte[50_000];
    assertThat(Images.decode(Images.withAppended(open, trailer)).pixels())
        .isEqualTo(pixels.pixels());
    Random random = new Random(SEED);
    for (int round = 0; round < 40; round++) {
      random.nextBytes(trailer);
      assertThat(Images.decode(Images.withAppended(file, trailer)).pixels())
          .isEqualTo(pixels.pixels());
      Optional<RgbImage> ours = decoded(Images.withAppended(open, trailer));
      ours.ifPresent(image -> assertThat(image.pixels()).isEqualTo(pixels.pixels()));
      described += ours.isPresent() ? 1 : 0;
    }
    assertThat(described).as("of 40, seed %d", SEED).isGreaterThanOrEqualTo(36);
    byte[] lone = Images.withAppended(open, new byte[] {(byte) 0xff});
    assertThat(Images.decode(lone).pixels()).isEqualTo(pixels.pixels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg"})
  void aJpegWithCodesLostOrMovedIsRefusedIfLibjpegSeesOtherPixels(String name)
      throws ImageException {
    byte[] file = Images.read(name);
    Verdict sound = Verdict.of(file);
    RgbImage pixels = Images.decode(file);
    Random random = new Random(SEED);
    int from = Images.find(file, "\u00ff\u00da") + 14;
    for (int round = 0; round < 100; round++) {
      int length = 200 + random.nextInt(file.length / 4);
      int at = from + random.nextInt(file.length - 2 - length - from);
      String what = "%s, seed %d: %d bytes at %d".formatted(name, SEED, length, at);
      byte[] part = Arrays.copyOfRange(file, at, at + length);
      for (byte[] moved :
          List.of(Images.without(file, at, length), Images.inserted(file, at, part))) {
        // A scan that comes twice may give the same pixels; it need not be described.
        Optional<RgbImage> ours = decoded(moved);
        assertThat(ours.isEmpty() || Verdict.of(moved).sees(sound)).as(what).isTrue();
        ours.ifPresent(image -> assertThat(image.pixels()).as(what).isEqualTo(pixels.pixels()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline.jpg", "progressive.jpg"})
  void applicationsDataAndCommentsDoNotDecide(String name) throws ImageException {
    byte[] file = Images.read(name);
    RgbImage pixels = Images.decode(file);
    for (int marker : new int[] {0xe0, 0xe1, 0xe2, 0xed, 0xef, 0xfe}) {
      for (byte[] data :
          new byte[][] {{}, {0}, {'I', 'C', 'C', '_', 'P', 1, 2}, {'E', 'x', 'i', 'f'}}) {
        byte[] head = {(byte) 0xff, (byte) marker, 0, (byte) (data.length + 2)};
        byte[] changed = Images.inserted(file, 2, Images.withAppended(head, data));
        assertThat(Images.decode(changed).pixels()).isEqualTo(pixels.pixels());
      }
      byte[] negative = {(byte) 0xff, (byte) marker, 0, 0};
      assertThat(Images.decode(Images.inserted(file, 2, negative)).pixels())
          .isEqualTo(pixels.pixels());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb.png", "sixteen.png", "palette.png", "rgba.png", "grey-alpha.png"})
  void aPngCutOrFlippedIsDescribedIfLibpngReadsItAndOnlyWithItsPixels(String name)
      throws ImageException {
    byte[] plain = Images.read(name);
    byte[] file = Images.insertedBefore("IDAT", plain, Images.chunk("tEXt", new byte[] {'a', 0}));
    RgbImage pixels = Images.decode(plain);
    Random random = new Random(SEED);
    int readable = 0;
    for (int round = 0; round < 60; round++) {
      int end = file.length - random.nextInt(40) - (round % 2) * random.nextInt(file.length / 2);
      readable += check(Arrays.copyOf(file, end), plain, pixels, name + " up to byte " + end);
      int at = round < 30 ? Images.find(file, "tEXt") - 4 + round % 14 : random.nextInt(end);
      byte[] flipped = Images.withByte(file, at, file[at] ^ (1 << random.nextInt(8)));
      readable += check(flipped, plain, pixels, name + ", flipped at byte " + at);
    }
    assertThat(readable).isPositive();
    byte[] endless = Arrays.copyOf(file, file.length - 12);
    assertThat(Images.decode(endless).pixels()).isEqualTo(pixels.pixels());
  }

  /** 1 if libpng reads the very pixels of the sound file. */
  private static int check(byte[] mutated, byte[] plain, RgbImage pixels, String what) {
    Optional<RgbImage> ours = decoded(mutated);
    ours.ifPresent(image -> assertThat(image.pixels()).as(what).isEqualTo(pixels.pixels()));
    boolean whole = libpngSees(mutated, plain);
    assertThat(ours.isPresent() || !whole).as("%s: libpng reads it", what).isTrue();
    return whole ? 1 : 0;
  }

  private static boolean libpngSees(byte[] mutated, byte[] plain) {
    if (mutated.length == 0) {
      return false;
    }
    try (Mats mats = new Mats()) {
      Mat theirs = read(mutated, mats);
      Mat sound = read(plain, mats);
      return !theirs.empty()
          && theirs.size().equals(sound.size())
          && theirs.type() == sound.type()
          && Core.norm(theirs, sound, Core.NORM_INF) == 0;
    }
  }

  private static Mat read(byte[] file, Mats mats) {
    return mats.own(Imgcodecs.imdecode(mats.own(new MatOfByte(file)), Imgcodecs.IMREAD_UNCHANGED));
  }

  /** Nonsense, wrong lengths for their type and wrong checksums: none of it carries a pixel. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST", "pHYs", "tIME", "tEXt", "zTXt",
        "iTXt", "eXIf", "acTL", "fcTL", "fdAT", "tRNS", "qqQq", "caBX"
      })
  void ancillaryChunksOfAPngDoNotDecide(String type) throws ImageException {
    byte[] file = Images.read("rgb.png");
    byte[] pixels = Images.decode(file).pixels();
    for (byte[] data : new byte[][] {{}, {1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}) {
      byte[] chunk = Images.chunk(type, data);
      byte[] wrong = Images.withByte(chunk, chunk.length - 1, chunk[chunk.length - 1] ^ 1);
      for (String before : new String[] {"IDAT", "IEND"}) {
        for (byte[] inserted : new byte[][] {chunk, wrong}) {
          byte[] longer = Images.insertedBefore(before, file, inserted);
          assertThat(Images.decode(longer).pixels())
              .as("%s before %s", type, before)
              .isEqualTo(pixels);
        }
      }
      byte[] between = Images.insertedBefore("IDAT", file, Images.withAppended(chunk, wrong));
      assertThat(Images.decode(between).pixels()).isEqualTo(pixels);
    }
  }

  @Test
  void anUnknownCriticalChunkMayChangeThePixelsSoThePngIsRefused() {
    byte[] file = Images.read("rgb.png");
    byte[] needed = Images.insertedBefore("IDAT", file, Images.chunk("QQqq", new byte[4]));
    assertThat(decoded(needed)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"lossy.webp", "lossless.webp", "alpha.webp", "oriented.webp"})
  void chunksBehindTheirPictureDoNotCostAWebp(String name) throws ImageException {
    byte[] file = Images.read(name);
    byte[] pixels = Images.decode(file).pixels();
    byte[] unknown = Images.withWebpChunk(file, "QQQQ", new byte[] {1, 2, 3});
    assertThat(Images.decode(unknown).pixels()).isEqualTo(pixels);
    byte[] profile = Images.withWebpChunk(file, "ICCP", new byte[] {1});
    assertThat(Images.decode(profile).pixels()).isEqualTo(pixels);
    byte[] cut = Images.withWebpChunk(file, "XMP ", new byte[500]);
    assertThat(Images.decode(Arrays.copyOf(cut, cut.length - 200)).pixels()).isEqualTo(pixels);
    byte[] damaged = Images.withByte(unknown, unknown.length - 5, 0x7f);
    assertThat(Images.decode(damaged).pixels()).isEqualTo(pixels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lossy.webp", "lossless.webp", "alpha.webp", "oriented.webp"})
  void aWebpCutInOrOutOfItsPictureIsRefused(String name) {
    byte[] file = Images.read(name);
    byte[] longer = Images.withWebpChunk(file, "EXIF", new byte[100]);
    int picture = Images.find(longer, name.equals("lossless.webp") ? "VP8L" : "VP8 ") + 8;
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      int at = picture + 10 + random.nextInt(file.length / 3);
      int length = 2 + random.nextInt(80);
      assertThat(decoded(Images.without(longer, at, length)))
          .as("%s, seed %d: %d bytes at %d", name, SEED, length, at)
          .isEmpty();
      assertThat(decoded(Arrays.copyOf(longer, at))).isEmpty();
    }
  }

  /** Where a decoder looks for a marker behind a scan or an interval. */
  private static List<Integer> markersBehindCodes(byte[] file) {
    List<Integer> markers = new ArrayList<>();
    boolean coded = false;
    for (int at = Images.find(file, "\u00ff\u00da"); at + 1 < file.length; at++) {
      int marker = file[at] == (byte) 0xff ? Byte.toUnsignedInt(file[at + 1]) : 0;
      if (marker == 0) {
        continue;
      }
      if (coded) {
        markers.add(at);
      }
      coded = marker == JpegMarkers.START_OF_SCAN || (marker & 0xf8) == JpegMarkers.FIRST_RESTART;
      boolean segment = marker < JpegMarkers.FIRST_RESTART || marker > JpegMarkers.END_OF_IMAGE;
      at += segment ? 1 + (Byte.toUnsignedInt(file[at + 2]) << 8 | file[at + 3]) : 1;
    }
    return markers;
  }
}
