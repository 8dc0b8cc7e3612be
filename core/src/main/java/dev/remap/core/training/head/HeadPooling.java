package dev.remap.core.training.head;

/** What a head makes of an image before shift, projection and norm, and the way back. */
interface HeadPooling {
  /** Components D of a raw descriptor. */
  int dimension();

  /** What makes its regions, if they may be projected one by one. */
  default RegionUnits units() {
    throw new IllegalStateException("Its regions are not projected");
  }

  /** The raw descriptor (D). */
  double[] pool(float[] parts, Parameters parameters);

  /**
   * Adds the gradient by what it pools with.
   *
   * @param byPooled the gradient by the raw descriptor
   * @param to is added to
   */
  void backward(float[] parts, double[] byPooled, Parameters parameters, Parameters to);

  /** The gradient by an image's parts. */
  float[] byParts(float[] parts, double[] byPooled, Parameters parameters);
}
