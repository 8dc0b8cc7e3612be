package dev.remap.core.training;

import dev.remap.core.training.head.HeadShape;

/** The region vectors of images, or their cells, by their places from 0. */
public interface RegionSet {
  HeadShape shape();

  int images();

  /**
   * Copies those of one image.
   *
   * @param out receives {@link HeadShape#length} numbers
   */
  void read(int image, float[] out);
}
