package dev.remap.core.training;

/** Region vectors that can be replaced. */
public interface RegionStore extends RegionSet {
  void write(int image, float[] vectors);
}
