package dev.remap.core.whitening;

/** Checks of float vectors. */
final class Finite {
  private Finite() {}

  /**
   * @throws IllegalArgumentException naming the first component of {@code x[offset, offset+length)}
   *     that is NaN or infinite
   */
  static void require(float[] x, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(x[offset + i])) {
        throw new IllegalArgumentException(
            "component "
                + i
                + " of the descriptor is "
                + x[offset + i]
                + ": reject the image instead of adding or projecting it");
      }
    }
  }
}
