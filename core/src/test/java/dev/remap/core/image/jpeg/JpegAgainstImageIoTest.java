package dev.remap.core.image.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.Images;
import dev.remap.core.image.jpeg.WholeImageTest.Verdict;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** JPEGs of random pictures, damaged at random, as we see them and as the JDK's libjpeg does. */
class JpegAgainstImageIoTest {
  private static final int PICTURES = 20;
  private static final int DAMAGES = 15;

  private enum Coding {
    BASELINE,
    PROGRESSIVE,
    GREY,
    RESTARTS
  }

  private static byte[] jpeg(Coding coding, Random random) throws IOException {
    int width = 1 + random.nextInt(70);
    int height = 1 + random.nextInt(70);
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            coding == Coding.GREY ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    int period = 3 + random.nextInt(40);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int noise = random.nextInt(24);
        int red = (int) (100 + 99 * Math.sin(x * y / 40.0 / period)) + noise;
        int green = x * 200 / width + noise;
        int blue = (x / period + y / period) % 2 * 200 + noise;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(to);
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(0.3f + random.nextInt(7) / 10f);
      if (coding == Coding.PROGRESSIVE) {
        how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), how);
      if (coding == Coding.RESTARTS) {
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree("javax_imageio_jpeg_image_1.0");
        IIOMetadataNode dri = new IIOMetadataNode("dri");
        dri.setAttribute("interval", String.valueOf(1 + random.nextInt(5)));
        root.getElementsByTagName("markerSequence").item(0).appendChild(dri);
        metadata.setFromTree("javax_imageio_jpeg_image_1.0", root);
      }
      writer.write(null, new IIOImage(image, null, metadata), how);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** Behind the first three bytes, by which formats are told apart. */
  private static byte[] damaged(byte[] file, Random random) {
    int scan = Images.find(file, "\u00ff\u00da");
    int from = random.nextInt(4) == 0 ? 3 : scan;
    int at = from + random.nextInt(file.length - from);
    int length = Math.min(1 + random.nextInt(12), file.length - at);
    return switch (random.nextInt(6)) {
      case 0 -> Images.without(file, at, length);
      case 1 -> Arrays.copyOf(file, at);
      case 2 -> {
        byte[] more = new byte[length];
        random.nextBytes(more);
        yield Images.inserted(file, at, more);
      }
      case 3 -> {
        byte[] zeros = file.clone();
        Arrays.fill(zeros, at, at + length, (byte) 0);
        yield zeros;
      }
      default -> Images.withByte(file, at, file[at] ^ (1 << random.nextInt(8)));
    };
  }

  /**
   * What the JDK's libjpeg reports missing is refused, and what it sees in spite of all is
   * described, but for progressive pictures between whose scans something lies that may be more of
   * them.
   */
  @ParameterizedTest
  @EnumSource(Coding.class)
  void randomDamageIsRefusedIfLibjpegMissesSomethingAndOnlyThen(Coding coding) throws Exception {
    int described = 0;
    int refused = 0;
    for (int seed = 0; seed < PICTURES; seed++) {
      Random random = new Random(seed);
      byte[] file = jpeg(coding, random);
      Verdict sound = Verdict.of(file);
      RgbImage pixels = Images.decode(file);
      for (int round = 0; round < DAMAGES; round++) {
        byte[] damaged = damaged(file, random);
        String what = "%s, seed %d, damage %d".formatted(coding, seed, round);
        Verdict theirs = Verdict.of(damaged);
        Optional<RgbImage> ours = WholeImageTest.decoded(damaged);
        if (isMissing(theirs)) {
          assertThat(ours).as("%s: %s", what, theirs.warnings()).isEmpty();
          refused++;
        } else if (theirs.sees(sound)) {
          boolean between = !theirs.warnings().isEmpty() && coding == Coding.PROGRESSIVE;
          assertThat(ours.isPresent() || between).as(what).isTrue();
          ours.ifPresent(it -> assertThat(it.pixels()).as(what).isEqualTo(pixels.pixels()));
          described++;
        }
      }
    }
    assertThat(described).isGreaterThan(PICTURES * DAMAGES / 50);
    assertThat(refused).isGreaterThan(PICTURES * DAMAGES / 10);
  }

  private static boolean isMissing(Verdict theirs) {
    return theirs.missedData()
        || theirs.warnings().stream()
            .anyMatch(text -> text.matches(".*(bad Huffman code|instead of RST).*"));
  }

  /** Motion JPEG leaves the tables out; a frame that lacks pixels would be painted as any other. */
  @Test
  void aJpegWithoutTablesIsFollowedByTheStandardOnes() throws Exception {
    int accepted = 0;
    for (int seed = 0; seed < PICTURES; seed++) {
      Random random = new Random(seed);
      byte[] file = jpeg(Coding.BASELINE, random);
      byte[] frame = file;
      for (int at = frame.length; at >= 0; at = indexOfTables(frame)) {
        frame = at == frame.length ? frame : Images.without(frame, at, 2 + length(frame, at + 2));
      }
      assertThat(Images.decode(frame).pixels()).isEqualTo(Images.decode(file).pixels());
      int from = Images.find(frame, "\u00ff\u00da") + 14;
      for (int round = 0; round < DAMAGES; round++) {
        int at = from + random.nextInt(frame.length - 2 - from);
        int length = Math.min(frame.length - 2 - at, 20 + random.nextInt(200));
        byte[] cut = Images.without(frame, at, length);
        accepted += length >= 20 && WholeImageTest.decoded(cut).isPresent() ? 1 : 0;
      }
    }
    assertThat(accepted).as("pieces cut out").isLessThan(PICTURES * DAMAGES / 20);
  }

  private static int indexOfTables(byte[] file) {
    List<Integer> tables = Images.all(file, "\u00ff\u00c4");
    return tables.isEmpty() ? -1 : tables.get(0);
  }

  private static int length(byte[] file, int at) {
    return Byte.toUnsignedInt(file[at]) << 8 | Byte.toUnsignedInt(file[at + 1]);
  }

  @Test
  void aScanOfATableThatIsNowhereIsRefused() throws Exception {
    byte[] file = jpeg(Coding.GREY, new Random(1));
    int tables = Images.find(file, "\u00ff\u00da") + 6;

    assertThatThrownBy(() -> Images.decode(Images.withByte(file, tables, 0x20)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("a Huffman table is named that is not there");
  }

  /** Some encoders write zeros there. */
  @ParameterizedTest
  @EnumSource(names = "PROGRESSIVE", mode = EnumSource.Mode.EXCLUDE)
  void bandsAndBitsOfASequentialScanDoNotDecide(Coding coding) throws Exception {
    byte[] file = jpeg(coding, new Random(2));
    byte[] pixels = Images.decode(file).pixels();
    int scan = Images.find(file, "\u00ff\u00da");
    int bands = scan + length(file, scan + 2) - 1;
    for (int[] values : new int[][] {{0, 0, 0}, {5, 3, 0}, {1, 63, 0}, {0, 99, 0}, {0, 63, 0x21}}) {
      byte[] changed = file.clone();
      for (int i = 0; i < values.length; i++) {
        changed[bands + i] = (byte) values[i];
      }
      assertThat(Images.decode(changed).pixels()).isEqualTo(pixels);
    }
  }
}
