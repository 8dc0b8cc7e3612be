package dev.remap.jobs.sample;

/** A fixed pseudo-random order of numbers, for samples that do not depend on how work is cut. */
public final class SplitMix64 {
  private SplitMix64() {}

  /**
   * The output function of SplitMix64 (Steele, Lea and Flood 2014) on {@code value} and {@code
   * seed}.
   */
  public static long hash(long value, long seed) {
    long z = value * 0x9E3779B97F4A7C15L + seed * 0xD1B54A32D192ED03L + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The mixed value as a number in [0, 1). */
  public static double unit(long value, long seed) {
    return (hash(value, seed) >>> 11) * 0x1.0p-53;
  }
}
