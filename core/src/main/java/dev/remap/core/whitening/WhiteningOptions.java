package dev.remap.core.whitening;

import java.io.Serializable;

/**
 * How to fit a {@link Whitening}.
 *
 * @param dimension output dimension d ≥ 1, {@link #AUTO} or {@link #SPANNED}
 * @param power exponent p in [0, 1] of λ^−p: 0.5 whitens fully, 0.25 half-way, 0 only rotates
 * @param eigenvalueFloor in [0, 1): directions with λ ≤ floor · λ₁ count as absent (numerical rank)
 * @param shrinkage β in [0, 1]: λ' = (1−β)·λ + β·λ̄ before the power, λ̄ the mean over the
 *     numerical rank
 * @param ridge ρ ≥ 0, or {@link #AUTOMATIC}: λ' + ρ·tr/n before the power, where tr is the sum of
 *     the eigenvalues and n the number of descriptors, or the rank if that is deficient
 * @param centring c in [0, 1]: c·μ is subtracted; or {@link #AUTOMATIC}: nothing is, and the mean
 *     counts as one more direction, of a variance of ‖μ‖²/16
 */
public record WhiteningOptions(
    int dimension,
    double power,
    double eigenvalueFloor,
    double shrinkage,
    double ridge,
    double centring)
    implements Serializable {
  /** As many dimensions as serve so many descriptors. */
  public static final int AUTO = 0;

  /** All dimensions that the descriptors span: their numerical rank. */
  public static final int SPANNED = Integer.MAX_VALUE;

  /** A ridge, or a centring, that suits the descriptors. */
  public static final double AUTOMATIC = -1;

  private static final double MEAN_WEIGHT = 1.0 / 16;

  public WhiteningOptions {
    if (dimension < 0) {
      throw new IllegalArgumentException(
          "dimension must be positive, or 0 for automatic, was " + dimension);
    }
    requireRange("power", power, power <= 1);
    requireRange("eigenvalue-floor", eigenvalueFloor, eigenvalueFloor < 1);
    requireRange("shrinkage", shrinkage, shrinkage <= 1);
    if (ridge != AUTOMATIC && !(ridge >= 0 && ridge <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("ridge must be at least 0 and finite, was " + ridge);
    }
    if (centring != AUTOMATIC) {
      requireRange("centring", centring, centring <= 1);
    }
  }

  /** The same but for the dimension. */
  public WhiteningOptions withDimension(int other) {
    return new WhiteningOptions(other, power, eigenvalueFloor, shrinkage, ridge, centring);
  }

  /** The textbook's PCA: no ridge, the whole mean subtracted. */
  public WhiteningOptions(int dimension, double power, double eigenvalueFloor, double shrinkage) {
    this(dimension, power, eigenvalueFloor, shrinkage, 0, 1);
  }

  /** Automatic dimension, ridge and centring, power ½, floor 10⁻¹⁰, no shrinkage. */
  public static WhiteningOptions defaults() {
    return new WhiteningOptions(AUTO, 0.5, 1e-10, 0, AUTOMATIC, AUTOMATIC);
  }

  /**
   * ρ for so many different descriptors. With few, the sample's directions are those of single
   * images, and equalising them makes all images equally far from every other; so the ridge grows
   * from 4 for many to a rotation alone for hardly any. A shrinkage takes the ridge's place.
   */
  double ridgeFor(long different) {
    return automaticRidge(4 + 500.0 / different);
  }

  /**
   * a, the part of μμᵀ that is added to the covariance. Where all of the mean of one kind of
   * photographs was subtracted, those of another kind, which do not share it, were told apart
   * worse; where none was, it drowned what tells those of one kind apart. As a direction that is
   * whitened like the others it loses most of its length, and nothing becomes wrong.
   */
  double meanWeight() {
    return centring == AUTOMATIC ? MEAN_WEIGHT : 0;
  }

  /** ρ for the differences of so many pairs: less, as labels say what may be equalised. */
  double ridgeOfPairs(long independent) {
    return automaticRidge(2 + 300.0 / independent);
  }

  /** c for pairs of so many images, whose mean may not be that of images to come. */
  double centringOfPairs(long count) {
    return centring == AUTOMATIC ? 1 - 200.0 / (count + 1000) : centring;
  }

  private double automaticRidge(double automatic) {
    if (ridge != AUTOMATIC) {
      return ridge;
    }
    return shrinkage > 0 ? 0 : automatic;
  }

  /** Whether every direction keeps a finite weight, also one without variance. */
  boolean hasRidge() {
    return ridge > 0 || (ridge == AUTOMATIC && shrinkage == 0);
  }

  /**
   * How many dimensions a whitening of many descriptors will have, if none of their components is
   * lost to a deficient rank.
   *
   * @throws IllegalArgumentException if more are wanted than there are components
   */
  public int expectedDimension(int inputDimension, long descriptors) {
    return DimensionChoice.of(this, inputDimension, inputDimension, descriptors).dimension();
  }

  private static void requireRange(String name, double value, boolean belowUpper) {
    if (!(value >= 0) || !belowUpper) {
      throw new IllegalArgumentException(
          name + " must be at least 0 and at most 1 (the floor below 1), was " + value);
    }
  }
}
