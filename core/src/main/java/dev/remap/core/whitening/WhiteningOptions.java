package dev.remap.core.whitening;

import java.io.Serializable;

/**
 * How to fit a {@link Whitening}.
 *
 * @param dimension output dimension d ≥ 1, or {@link #AUTO}
 * @param power exponent p in [0, 1] of λ^−p: 0.5 whitens fully, 0.25 half-way, 0 only rotates
 * @param eigenvalueFloor in [0, 1): directions with λ ≤ floor · λ₁ count as absent (numerical rank)
 * @param shrinkage β in [0, 1]: λ' = (1−β)·λ + β·λ̄ before the power, λ̄ the mean over the
 *     numerical rank
 */
public record WhiteningOptions(
    int dimension, double power, double eigenvalueFloor, double shrinkage) implements Serializable {
  /** As many dimensions as the number and the rank of the descriptors bear, at most 128. */
  public static final int AUTO = 0;

  public WhiteningOptions {
    if (dimension < 0) {
      throw new IllegalArgumentException(
          "dimension must be positive, or 0 for automatic, was " + dimension);
    }
    requireRange("power", power, power <= 1);
    requireRange("eigenvalue-floor", eigenvalueFloor, eigenvalueFloor < 1);
    requireRange("shrinkage", shrinkage, shrinkage <= 1);
  }

  /** Automatic dimension, full whitening, floor 10⁻¹⁰, no shrinkage. */
  public static WhiteningOptions defaults() {
    return new WhiteningOptions(AUTO, 0.5, 1e-10, 0);
  }

  /**
   * How many dimensions a whitening of many descriptors will have, if none of their components is
   * lost to a deficient rank.
   *
   * @param dimension as in these options
   * @throws IllegalArgumentException if that is more than there are components
   */
  public static int expectedDimension(int dimension, int inputDimension, long descriptors) {
    return DimensionChoice.of(dimension, inputDimension, inputDimension, descriptors).dimension();
  }

  private static void requireRange(String name, double value, boolean belowUpper) {
    if (!(value >= 0) || !belowUpper) {
      throw new IllegalArgumentException(
          name + " must be at least 0 and at most 1 (the floor below 1), was " + value);
    }
  }
}
