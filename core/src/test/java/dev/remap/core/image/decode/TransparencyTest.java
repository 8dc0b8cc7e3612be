package dev.remap.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PNGs written here, whose samples are known: transparent ones show white, as all others do. */
class TransparencyTest {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;

  private static byte[] png(int width, int depth, int colourType, byte[] row, byte[]... chunks) {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(1)
            .put(new byte[] {(byte) depth, (byte) colourType, 0, 0, 0})
            .array();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PngFile.SIGNATURE.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(Images.chunk("IHDR", header));
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    out.writeBytes(Images.chunk("IDAT", deflated(Images.withAppended(new byte[1], row))));
    out.writeBytes(Images.chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data);
    deflater.finish();
    byte[] out = new byte[1000];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  private static int[] reds(byte[] png) throws ImageException {
    RgbImage image = Images.decode(png);
    int[] reds = new int[image.width()];
    for (int x = 0; x < reds.length; x++) {
      reds[x] = Images.value(image, x, 0, 0);
    }
    return reds;
  }

  private static byte[] key(int... samples) {
    ByteBuffer data = ByteBuffer.allocate(2 * samples.length);
    for (int sample : samples) {
      data.putShort((short) sample);
    }
    return Images.chunk("tRNS", data.array());
  }

  /** The samples 0, 1, 2 … as far as a byte holds them; the key is the second. */
  @ParameterizedTest
  @CsvSource({"1,8,85", "2,4,27", "4,2,1"})
  void greysOfLessThanAByteShowWhiteWhereTheyAreTheKey(int depth, int width, int packed)
      throws ImageException {
    byte[] row = {(byte) packed};
    int most = (1 << depth) - 1;
    int[] seen = reds(png(width, depth, GREY, row, key(1)));
    int[] opaque = reds(png(width, depth, GREY, row));
    for (int x = 0; x < width; x++) {
      int sample = x % (most + 1);
      assertThat(opaque[x]).isEqualTo(sample * 255 / most);
      assertThat(seen[x])
          .as("sample %d of %d bits", sample, depth)
          .isEqualTo(sample == 1 ? 255 : opaque[x]);
    }
  }

  @Test
  void aGreyOfEightBitsShowsWhiteWhereItIsTheKey() throws ImageException {
    byte[] row = {0, 99, 100, 101, (byte) 200};
    assertThat(reds(png(5, 8, GREY, row, key(100)))).containsExactly(0, 99, 255, 101, 200);
    // Only as many bits of a key count as samples have (PNG, 11.3.1.1).
    assertThat(reds(png(5, 8, GREY, row, key(0x7f64)))).containsExactly(0, 99, 255, 101, 200);
  }

  @Test
  void aGreyOfSixteenBitsIsComparedWithAllOfThem() throws ImageException {
    byte[] row = {100, 0, 100, 1, 100, 2, 0, 100};
    assertThat(reds(png(4, 16, GREY, row, key(0x6401)))).containsExactly(100, 255, 100, 0);
  }

  @Test
  void aColourShowsWhiteWhereItIsTheKey() throws ImageException {
    byte[] row = {10, 20, 30, 10, 20, 31};
    assertThat(reds(png(2, 8, RGB, row, key(10, 20, 30)))).containsExactly(255, 10);
    byte[] wide = {10, 0, 20, 0, 30, 0, 10, 0, 20, 0, 30, 1};
    assertThat(reds(png(2, 16, RGB, wide, key(0x0a00, 0x1400, 0x1e00)))).containsExactly(255, 10);
  }

  @Test
  void aPalettesAlphaLetsWhiteThrough() throws ImageException {
    byte[] colours = Images.chunk("PLTE", new byte[] {0, 0, 0, 100, 0, 0, 50, 0, 0});
    byte[] alpha = Images.chunk("tRNS", new byte[] {0, (byte) 128});
    byte[] row = {0, 1, 2};
    // (100·128 + 255·127) / 255 = 177.2
    assertThat(reds(png(3, 8, PALETTE, row, colours, alpha))).containsExactly(255, 177, 50);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 6})
  void aKeyOfAWrongLengthIsPassedOver(int length) throws ImageException {
    byte[] row = {0, 1};
    byte[] chunk = Images.chunk("tRNS", new byte[length]);
    assertThat(reds(png(2, 8, GREY, row, chunk))).containsExactly(0, 1);
    assertThat(reds(png(2, 8, GREY, row, chunk, key(1)))).containsExactly(0, 255);
  }
}
