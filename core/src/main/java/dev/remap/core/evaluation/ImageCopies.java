package dev.remap.core.evaluation;

import dev.remap.core.image.Mats;
import dev.remap.core.image.RgbImage;
import java.util.SplittableRandom;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Labelled copies of images: the ground truth of a copy-detection test is made, not annotated. The
 * query is the copy, its only relevant item the original.
 */
public final class ImageCopies {
  private static final int QUALITY = 90;
  private static final int LINES = 2;
  private static final int LETTERS = 12;

  private ImageCopies() {}

  /**
   * A copy, as JPEG bytes of quality {@value #QUALITY} (except {@link CopyKind#RECOMPRESS}). The
   * same arguments give the same bytes.
   *
   * @param seed of the parameters, drawn evenly from the ranges that the kind describes
   */
  public static byte[] make(RgbImage original, CopyKind kind, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int quality = kind == CopyKind.RECOMPRESS ? random.nextInt(25, 36) : QUALITY;
    try (Mats mats = new Mats()) {
      Mat copy = copy(mats.bgr(original), kind, random, mats);
      MatOfByte jpeg = mats.own(new MatOfByte());
      MatOfInt options = mats.own(new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality));
      Imgcodecs.imencode(".jpg", copy, jpeg, options);
      return jpeg.toArray();
    }
  }

  /**
   * A rectangle of an image, as PNG bytes; what of it lies outside the image is left out.
   *
   * @param left its first column
   * @param top its first row
   * @param right the column behind its last one
   * @param bottom the row below its last one
   * @throws IllegalArgumentException if nothing of it lies in the image
   */
  public static byte[] part(RgbImage image, int left, int top, int right, int bottom) {
    int x = Math.max(0, Math.min(left, image.width()));
    int y = Math.max(0, Math.min(top, image.height()));
    int width = Math.max(0, Math.min(right, image.width())) - x;
    int height = Math.max(0, Math.min(bottom, image.height())) - y;
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "the box from %d, %d to %d, %d has nothing of an image of %d × %d pixels"
              .formatted(left, top, right, bottom, image.width(), image.height()));
    }
    try (Mats mats = new Mats()) {
      Mat part = mats.own(mats.bgr(image).submat(new Rect(x, y, width, height)));
      MatOfByte png = mats.own(new MatOfByte());
      Imgcodecs.imencode(".png", part, png);
      return png.toArray();
    }
  }

  private static Mat copy(Mat image, CopyKind kind, SplittableRandom random, Mats mats) {
    Mat copy = mats.create();
    switch (kind) {
      case CROP -> mats.own(image.submat(crop(image, random))).copyTo(copy);
      case SCALE -> scale(image, copy, random.nextDouble(0.3, 0.6));
      case ROTATE -> rotate(image, copy, random, mats);
      case BLUR -> Imgproc.GaussianBlur(image, copy, new Size(), deviation(image, random));
      case DARKEN -> image.convertTo(copy, -1, random.nextDouble(0.4, 0.7));
      case TEXT -> write(image, copy, random);
      case MIRROR -> Core.flip(image, copy, 1);
      case RECOMPRESS -> image.copyTo(copy);
    }
    return copy;
  }

  private static Rect crop(Mat image, SplittableRandom random) {
    int width = part(image.cols(), random.nextDouble(0.6, 0.8));
    int height = part(image.rows(), random.nextDouble(0.6, 0.8));
    int x = random.nextInt(image.cols() - width + 1);
    int y = random.nextInt(image.rows() - height + 1);
    return new Rect(x, y, width, height);
  }

  private static void scale(Mat image, Mat copy, double factor) {
    Size size = new Size(part(image.cols(), factor), part(image.rows(), factor));
    Imgproc.resize(image, copy, size, 0, 0, Imgproc.INTER_AREA);
  }

  private static int part(int side, double factor) {
    return Math.max(1, (int) Math.round(side * factor));
  }

  private static void rotate(Mat image, Mat copy, SplittableRandom random, Mats mats) {
    double degrees = random.nextDouble(5, 20) * (random.nextBoolean() ? 1 : -1);
    Point centre = new Point((image.cols() - 1) / 2.0, (image.rows() - 1) / 2.0);
    Mat rotation = mats.own(Imgproc.getRotationMatrix2D(centre, degrees, 1));
    Imgproc.warpAffine(image, copy, rotation, image.size());
  }

  private static double deviation(Mat image, SplittableRandom random) {
    return Math.max(image.cols(), image.rows()) * random.nextDouble(0.005, 0.01);
  }

  private static void write(Mat image, Mat copy, SplittableRandom random) {
    image.copyTo(copy);
    for (int line = 0; line < LINES; line++) {
      double scale =
          image.rows() * random.nextDouble(0.08, 0.12) / 22; // A letter is 22 pixels high.
      Point baseline =
          new Point(
              image.cols() * random.nextDouble(0, 0.3),
              image.rows() * random.nextDouble(0.15, 0.95));
      int thickness = Math.max(1, (int) Math.round(2 * scale));
      Imgproc.putText(
          copy,
          letters(random),
          baseline,
          Imgproc.FONT_HERSHEY_SIMPLEX,
          scale,
          new Scalar(255, 255, 255),
          thickness);
    }
  }

  private static String letters(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LETTERS; i++) {
      text.append((char) random.nextInt('A', 'Z' + 1));
    }
    return text.toString();
  }
}
