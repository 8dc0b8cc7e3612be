package dev.remap.core.image.jpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Codes of large files are stepped over several at once: what is found must not depend on that. */
class JpegRunsTest {
  private static final int LARGE = 1 << 18;

  @Test
  void aLargeFileIsJudgedLikeASmallOneWithTheSameScans() throws IOException {
    Random random = new Random(7);
    int refused = 0;
    byte[] whole = {};
    for (int round = 0; round < 1500; round++) {
      if (round % 100 == 0) {
        whole = jpeg(random);
      }
      byte[] damaged = whole.clone();
      int flips = random.nextInt(3);
      for (int flip = 0; flip < flips; flip++) {
        damaged[damaged.length / 2 + random.nextInt(damaged.length / 2)] ^=
            (byte) (1 << random.nextInt(8));
      }
      String verdict = verdict(damaged);
      assertThat(verdict(commented(damaged))).as("round %d", round).isEqualTo(verdict);
      refused += verdict.isEmpty() ? 0 : 1;
    }
    assertThat(refused).isBetween(100, 1400);
  }

  private static String verdict(byte[] file) {
    try {
      JpegScans.verifiedPixels(file);
      return "";
    } catch (ImageException e) {
      return e.getMessage().replaceAll("at byte \\d+", "");
    }
  }

  /** The same behind a comment that makes it large. */
  private static byte[] commented(byte[] jpeg) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    for (int written = 0; written < LARGE; written += 1 << 15) {
      out.write(0xff);
      out.write(0xfe);
      out.write(0x80);
      out.write(2);
      out.write(new byte[1 << 15], 0, 1 << 15);
    }
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  /** Smooth in one half and noisy in the other, so that runs are short and long. */
  private static byte[] jpeg(Random random) throws IOException {
    BufferedImage image = new BufferedImage(97, 61, BufferedImage.TYPE_INT_RGB);
    int noise = 1 + random.nextInt(256);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int grain = x < image.getWidth() / 2 ? 0 : random.nextInt(noise) * 0x010203;
        image.setRGB(x, y, (x * 0x010002 + y * 0x0201) ^ grain);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
  }
}
