package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.natives.CoreNatives;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The maxima of regions by {@code region_maxima.c}, to the bits of {@link Math#max}. */
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
    FloatBuffer values = map.values();
    return values.isDirect()
        && values.order() == ByteOrder.nativeOrder()
        && CoreNatives.load()
        && find(values, map.offset(image), map.channels(), plan, maxima);
  }

  /**
   * @param from where the image's values begin
   * @return false if there is no memory for it
   */
  private static native boolean find(
      FloatBuffer values, int from, int channels, int[] plan, float[] maxima);
}
