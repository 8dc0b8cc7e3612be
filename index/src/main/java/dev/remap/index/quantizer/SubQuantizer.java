package dev.remap.index.quantizer;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.jfaiss.NativeVectors.Lloyd;
import java.io.Serializable;

/**
 * One sub-quantizer to train: it codes some neighbouring components of residuals by one number.
 * They need nothing of each other, so that they may be trained anywhere, at once.
 *
 * @param from the first of its components
 * @param width how many there are
 * @param components of a residual
 * @param lloyd how its rows are found
 */
public record SubQuantizer(int from, int width, int components, Lloyd lloyd)
    implements Serializable {
  /**
   * Its columns of residuals, row-major.
   *
   * @param residuals row-major
   */
  public float[] columns(float[] residuals) {
    int n = residuals.length / components;
    float[] columns = new float[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(residuals, i * components + from, columns, i * width, width);
    }
    return columns;
  }

  /**
   * Its part of the codebook: a row for each code number. The same bytes on any machine.
   *
   * @param columns its own, as {@link #columns} gives them
   */
  public float[] train(float[] columns) {
    return NativeVectors.cluster(columns, columns.length / width, width, lloyd, line -> {});
  }
}
