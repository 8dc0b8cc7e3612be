package dev.remap.core.backbone;

import java.nio.FloatBuffer;

/**
 * The activations of one tap for a batch of images, in NCHW order.
 *
 * @param batch N, at least 1
 * @param channels C, at least 1
 * @param height H of the map, at least 1
 * @param width W of the map, at least 1
 * @param values N·C·H·W activations; the value of (n, c, y, x) is at ((n·C + c)·H + y)·W + x
 */
public record FeatureMap(int batch, int channels, int height, int width, FloatBuffer values) {
  public FeatureMap {
    long size = (long) batch * channels * height * width;
    if (batch < 1 || channels < 1 || height < 1 || width < 1 || values.limit() != size) {
      throw new IllegalArgumentException(
          "Feature map of %d images, %d channels, %dx%d cells does not fit %d values"
              .formatted(batch, channels, width, height, values.limit()));
    }
  }

  /** Cells of one channel: H·W. */
  public int area() {
    return height * width;
  }

  /** Where the values of an image start. */
  public int offset(int image) {
    if (image < 0 || image >= batch) {
      throw new IllegalArgumentException(
          "Image " + image + " is not in a batch of " + batch + " (counted from 0)");
    }
    return image * channels * area();
  }

  /** Copies the H·W values of one channel of one image to the start of {@code target}. */
  public void channel(int image, int channel, float[] target) {
    values.get(offset(image) + channel * area(), target, 0, area());
  }
}
