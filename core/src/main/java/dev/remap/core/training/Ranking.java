package dev.remap.core.training;

import dev.remap.core.training.head.Vectors;
import java.util.Arrays;

/** Images by their similarity to a query: the most similar first, of equal ones the earlier. */
final class Ranking {
  private static final int SIGN = 0x80000000;

  private Ranking() {}

  /**
   * Ranks a gallery.
   *
   * @return entries whose {@link #position} is one in the gallery
   */
  static long[] of(float[][] units, int query, int[] gallery) {
    long[] entries = new long[gallery.length];
    for (int i = 0; i < entries.length; i++) {
      float similarity = (float) Vectors.dot(units[query], units[gallery[i]]);
      // Bits that, as a whole number, rise with the number and fall with their complement.
      int bits = Float.floatToIntBits(similarity + 0f);
      int rising = bits < 0 ? ~bits : bits ^ SIGN;
      entries[i] = (long) (~rising ^ SIGN) << 32 | i;
    }
    Arrays.sort(entries);
    return entries;
  }

  static int position(long entry) {
    return (int) entry;
  }
}
