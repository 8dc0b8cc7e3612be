package dev.remap.jobs.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Made-up photographs: a smooth random field with some shapes on it, the same for the same seed.
 */
public final class Pictures {
  public static final int LONG = 160;
  public static final int SHORT = 120;

  private Pictures() {}

  /** Writes folders {@code g00}, {@code g01}, … of pictures; every fourth one is upright. */
  public static void folders(Path root, int folders, int each, long seed) {
    for (int folder = 0; folder < folders; folder++) {
      for (int i = 0; i < each; i++) {
        boolean upright = i % 4 == 3;
        write(
            root.resolve(String.format(Locale.ROOT, "g%02d/p%03d.jpg", folder, i)),
            new Random(seed * 1_000_003 + folder * 1009L + i),
            upright ? SHORT : LONG,
            upright ? LONG : SHORT);
      }
    }
  }

  /** Writes one picture as a JPEG. */
  public static void write(Path file, Random random, int width, int height) {
    try {
      Files.createDirectories(file.getParent());
      if (!ImageIO.write(picture(random, width, height), "jpg", file.toFile())) {
        throw new IllegalStateException("Java writes no JPEG here");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedImage picture(Random random, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    double[][] waves = new double[9][];
    for (int i = 0; i < waves.length; i++) {
      waves[i] =
          random.doubles(4, 0, 1).map(value -> (value - 0.5) * (1 + random.nextInt(3))).toArray();
    }
    int[] pixels = new int[width * height];
    for (int channel = 0; channel < 3; channel++) {
      double[] values = field(waves, channel, width, height);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = pixels[i] << 8 | (int) Math.max(0, Math.min(255, 128 + 110 * values[i]));
      }
    }
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    shapes(image.createGraphics(), random, width, height);
    return image;
  }

  /**
   * A sum of plane waves. The cosine of a sum is made of those of its parts: a picture then takes
   * some thousand of them instead of as many as it has pixels, channels and waves.
   */
  private static double[] field(double[][] waves, int channel, int width, int height) {
    double[] sum = new double[width * height];
    for (int i = channel; i < waves.length; i += 3) {
      double[] wave = waves[i];
      double[] cosines = new double[width];
      double[] sines = new double[width];
      for (int x = 0; x < width; x++) {
        cosines[x] = Math.cos(12 * wave[1] * (x / (double) LONG));
        sines[x] = Math.sin(12 * wave[1] * (x / (double) LONG));
      }
      for (int y = 0; y < height; y++) {
        double angle = 12 * wave[2] * (y / (double) LONG) + 6 * wave[3];
        double cos = wave[0] * Math.cos(angle);
        double sin = wave[0] * Math.sin(angle);
        for (int x = 0; x < width; x++) {
          sum[y * width + x] += cos * cosines[x] - sin * sines[x];
        }
      }
    }
    return sum;
  }

  private static void shapes(Graphics2D graphics, Random random, int width, int height) {
    int shapes = 2 + random.nextInt(5);
    for (int i = 0; i < shapes; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      int x = random.nextInt(width) - 20;
      int y = random.nextInt(height) - 20;
      int w = 15 + random.nextInt(60);
      int h = 15 + random.nextInt(60);
      switch (random.nextInt(3)) {
        case 0 -> graphics.fillOval(x, y, w, h);
        case 1 -> graphics.fillRect(x, y, w, h);
        default -> graphics.fillPolygon(new int[] {x, x + w, x}, new int[] {y, y, y + h}, 3);
      }
    }
    graphics.dispose();
  }
}
