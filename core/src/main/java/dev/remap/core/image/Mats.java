package dev.remap.core.image;

import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/**
 * Owns OpenCV matrices and frees their native memory when closed, not when the collector runs.
 * Having one also means that OpenCV is loaded. For one thread.
 */
public final class Mats implements AutoCloseable {
  private final List<Mat> owned = new ArrayList<>();

  /**
   * @throws IllegalStateException if OpenCV's library cannot be loaded on this machine
   */
  public Mats() {
    OpenCv.load();
  }

  /** An empty matrix, for a result. */
  public Mat create() {
    return own(new Mat());
  }

  /** The same matrix, freed with the others. */
  public <M extends Mat> M own(M mat) {
    owned.add(mat);
    return mat;
  }

  /** A copy of an image in OpenCV's order of channels, B, G, R. */
  public Mat bgr(RgbImage image) {
    Mat rgb = own(new Mat(image.height(), image.width(), CvType.CV_8UC3));
    rgb.put(0, 0, image.pixels());
    Imgproc.cvtColor(rgb, rgb, Imgproc.COLOR_RGB2BGR);
    return rgb;
  }

  /** A copy of an 8-bit B, G, R matrix as an image. */
  public RgbImage rgb(Mat bgr) {
    Mat rgb = create();
    Imgproc.cvtColor(bgr, rgb, Imgproc.COLOR_BGR2RGB);
    return new RgbImage(rgb.cols(), rgb.rows(), bytes(rgb));
  }

  /** Its elements row by row, copied. */
  public static byte[] bytes(Mat mat) {
    byte[] bytes = new byte[Math.toIntExact(mat.total() * mat.elemSize())];
    mat.get(0, 0, bytes);
    return bytes;
  }

  @Override
  public void close() {
    owned.forEach(Mat::release);
    owned.clear();
  }
}
