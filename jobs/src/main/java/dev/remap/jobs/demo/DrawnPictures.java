package dev.remap.jobs.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Pictures for a run that only has to come to its end, as that of {@code bin/class-archive}: waves
 * of colour, each picture with its own.
 */
final class DrawnPictures {
  /** Enough to whiten and to train a quantizer with the settings as they are delivered. */
  private static final int COUNT = 48;

  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;

  private DrawnPictures() {}

  /**
   * Draws the pictures as JPEG, the same ones every time.
   *
   * @param arguments the folder, created if need be
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < COUNT; i++) {
      Path file = folder.resolve(String.format("%02d.jpg", i));
      if (!ImageIO.write(drawn(random), "jpeg", file.toFile())) {
        throw new IOException("This Java writes no JPEG");
      }
    }
  }

  private static BufferedImage drawn(SplittableRandom random) {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    double[] across = random.doubles(3, 0.02, 0.3).toArray();
    double[] down = random.doubles(3, 0.02, 0.3).toArray();
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int colour = 0;
        for (int band = 0; band < 3; band++) {
          double wave = Math.sin(across[band] * x + down[band] * y);
          colour = colour << 8 | (int) Math.round(127.5 * (1 + wave));
        }
        picture.setRGB(x, y, colour);
      }
    }
    return picture;
  }
}
