package dev.remap.core.extraction;

/** Looks on while images are described, on the thread that describes them. */
@FunctionalInterface
public interface ExtractionWatch {
  /** Sees nothing. */
  ExtractionWatch NONE = (decoding, batching, times) -> {};

  /**
   * Is told how things stand, after each image and at the end.
   *
   * @param decoding images that are being read or decoded, or are decoded and not yet taken
   * @param batching images that are decoded and wait for a forward pass
   * @param times so far
   */
  void look(int decoding, int batching, ExtractionTimes times);
}
