package dev.remap.core.image;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Changes the size of an image, each axis on its own. */
public final class Resize {
  private Resize() {}

  /**
   * The image stretched to a shape: an axis that shrinks is averaged over the pixels that it covers
   * (OpenCV {@code INTER_AREA}, no aliasing), then an axis that grows is interpolated linearly
   * ({@code INTER_LINEAR}). An image that has the shape already is returned itself. The same input
   * gives the same bytes in every thread and process of one CPU class.
   */
  public static RgbImage to(RgbImage image, ImageShape shape) {
    if (image.shape().equals(shape)) {
      return image;
    }
    try (Mats mats = new Mats()) {
      // Channels are independent, so the pixels need not change places to OpenCV's order.
      Mat source = mats.own(new Mat(image.height(), image.width(), CvType.CV_8UC3));
      source.put(0, 0, image.pixels());
      ImageShape shrunk =
          new ImageShape(
              Math.min(image.width(), shape.width()), Math.min(image.height(), shape.height()));
      Mat small = resized(source, shrunk, Imgproc.INTER_AREA, mats);
      Mat result = resized(small, shape, Imgproc.INTER_LINEAR, mats);
      return new RgbImage(shape.width(), shape.height(), Mats.bytes(result));
    }
  }

  private static Mat resized(Mat source, ImageShape shape, int filter, Mats mats) {
    if (source.cols() == shape.width() && source.rows() == shape.height()) {
      return source;
    }
    Mat result = mats.create();
    Imgproc.resize(source, result, new Size(shape.width(), shape.height()), 0, 0, filter);
    return result;
  }
}
