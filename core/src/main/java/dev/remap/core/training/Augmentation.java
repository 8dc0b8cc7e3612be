package dev.remap.core.training;

import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.RgbImage;
import java.util.SplittableRandom;

/**
 * How images are changed by chance before a network learns from them; each keeps its shape. What is
 * drawn depends on the seed, the epoch and the image alone.
 *
 * @param crop least share of the area that is left, at the image's own aspect, anywhere, and
 *     stretched to the whole; 1 leaves it
 * @param scale least factor by which the image is then made smaller, anywhere on a ground of its
 *     mean colour; 1 leaves it
 * @param flip how probable it is that left and right change places
 * @param colour brightness and contrast are multiplied by one plus or minus up to this
 * @param seed of what is drawn
 */
public record Augmentation(double crop, double scale, double flip, double colour, long seed) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(1, 1, 0, 0, 0);

  public boolean isNone() {
    return crop == 1 && scale == 1 && flip == 0 && colour == 0;
  }

  /**
   * The image as an epoch learns from it.
   *
   * @param number of the image
   */
  RgbImage of(RgbImage image, int epoch, int number) {
    if (isNone()) {
      return image;
    }
    SplittableRandom random = random(epoch, number);
    // All are drawn, so that what one setting does is the same whatever the others are.
    double kept = Math.sqrt(between(crop, 1, random));
    RgbImage cropped = cropped(image, kept, random.nextDouble(), random.nextDouble());
    double factor = between(scale, 1, random);
    RgbImage scaled = scaled(cropped, factor, random.nextDouble(), random.nextDouble());
    RgbImage flipped = random.nextDouble() < flip ? flipped(scaled) : scaled;
    double brightness = between(1 - colour, 1 + colour, random);
    return coloured(flipped, brightness, between(1 - colour, 1 + colour, random));
  }

  private SplittableRandom random(int epoch, int number) {
    long ofEpoch = new SplittableRandom(seed + GOLDEN * epoch).nextLong();
    return new SplittableRandom(new SplittableRandom(ofEpoch + GOLDEN * number).nextLong());
  }

  private static double between(double least, double most, SplittableRandom random) {
    return least + (most - least) * random.nextDouble();
  }

  private static int part(int side, double factor) {
    return Math.max(1, (int) Math.round(side * factor));
  }

  private static RgbImage cropped(RgbImage image, double side, double right, double down) {
    int width = part(image.width(), side);
    int height = part(image.height(), side);
    int x = (int) (right * (image.width() - width + 1));
    int y = (int) (down * (image.height() - height + 1));
    byte[] pixels = new byte[3 * width * height];
    for (int row = 0; row < height; row++) {
      int from = 3 * ((y + row) * image.width() + x);
      System.arraycopy(image.pixels(), from, pixels, 3 * row * width, 3 * width);
    }
    return Resize.to(new RgbImage(width, height, pixels), image.shape());
  }

  private static RgbImage scaled(RgbImage image, double factor, double right, double down) {
    ImageShape shape = new ImageShape(part(image.width(), factor), part(image.height(), factor));
    if (shape.equals(image.shape())) {
      return image;
    }
    RgbImage small = Resize.to(image, shape);
    int x = (int) (right * (image.width() - shape.width() + 1));
    int y = (int) (down * (image.height() - shape.height() + 1));
    byte[] pixels = ground(image);
    for (int row = 0; row < shape.height(); row++) {
      int to = 3 * ((y + row) * image.width() + x);
      System.arraycopy(small.pixels(), 3 * row * shape.width(), pixels, to, 3 * shape.width());
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }

  private static byte[] ground(RgbImage image) {
    long[] sums = new long[3];
    for (int i = 0; i < image.pixels().length; i++) {
      sums[i % 3] += image.pixels()[i] & 0xFF;
    }
    int count = image.width() * image.height();
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (sums[i % 3] / count);
    }
    return pixels;
  }

  private static RgbImage flipped(RgbImage image) {
    int width = image.width();
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i += 3) {
      int column = i / 3 % width;
      int to = i + 3 * (width - 1 - 2 * column);
      System.arraycopy(image.pixels(), i, pixels, to, 3);
    }
    return new RgbImage(width, image.height(), pixels);
  }

  /** Contrast is about the mean of all values. */
  private static RgbImage coloured(RgbImage image, double brightness, double contrast) {
    if (brightness == 1 && contrast == 1) {
      return image;
    }
    long sum = 0;
    for (byte value : image.pixels()) {
      sum += value & 0xFF;
    }
    double mean = (double) sum / image.pixels().length;
    byte[] changed = new byte[256];
    for (int value = 0; value < changed.length; value++) {
      double now = ((value - mean) * contrast + mean) * brightness;
      changed[value] = (byte) Math.round(Math.max(0, Math.min(255, now)));
    }
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = changed[image.pixels()[i] & 0xFF];
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }
}
