package dev.remap.core.pooling;

/** The one check of sizes between a map, the weights and the output. */
public final class Sizes {
  private Sizes() {}

  /**
   * Compares two sizes.
   *
   * @throws IllegalArgumentException if they differ
   */
  public static void check(String what, int expected, int actual) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          "The " + what + " is " + actual + ", but this aggregator is made for " + expected);
    }
  }
}
