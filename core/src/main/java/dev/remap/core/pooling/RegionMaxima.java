package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.natives.CoreNatives;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Pools regions by {@code region_maxima.c}, to the bits of what Java does. */
final class RegionMaxima {
  private RegionMaxima() {}

  /**
   * Fills in the maxima, unless the map is on the heap or this platform has no library.
   *
   * @param plan of {@link RegionPooling}
   * @param maxima regions · channels
   * @return whether they are there
   */
  static boolean find(FeatureMap map, int image, int[] plan, float[] maxima) {
    return reads(map) && find(map.values(), map.offset(image), map.channels(), plan, maxima);
  }

  /**
   * Sums the regions' maxima, each divided by its L2 norm and multiplied by its weight, as {@link
   * RegionPooling#weightedSum} does, unless the map is on the heap or this platform has no library.
   *
   * @param plan of {@link RegionPooling}
   * @param weights of the canonical regions
   * @param offset in the output, where the first channel's sum goes
   * @return whether it is there
   */
  static boolean sum(
      FeatureMap map, int image, int[] plan, float[] weights, float[] out, int offset) {
    return reads(map)
        && sum(map.values(), map.offset(image), map.channels(), plan, weights, out, offset);
  }

  private static boolean reads(FeatureMap map) {
    FloatBuffer values = map.values();
    return values.isDirect() && values.order() == ByteOrder.nativeOrder() && CoreNatives.load();
  }

  /**
   * @param from where the image's values begin
   * @return false if there is no memory for it
   */
  private static native boolean find(
      FloatBuffer values, int from, int channels, int[] plan, float[] maxima);

  /**
   * @param from where the image's values begin
   * @return false if there is no memory for it
   */
  private static native boolean sum(
      FloatBuffer values,
      int from,
      int channels,
      int[] plan,
      float[] weights,
      float[] out,
      int offset);
}
