package dev.remap.core.training;

import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.whitening.Whitening;
import java.util.Optional;

/**
 * REMAP behind its network (Husain and Bober, TIP 2019, fig. 1): region vectors times their weights
 * α, summed per tap, the taps one after the other; with a projection, less a shift and projected;
 * L2. The arithmetic is that of the aggregator and the whitening, in double.
 *
 * <p>Used by one thread.
 */
public final class Head {
  private final HeadShape shape;
  private final Optional<Whitening> start;
  private final Parameters parameters;

  private Head(HeadShape shape, Optional<Whitening> start, Parameters parameters) {
    this.shape = shape;
    this.start = start;
    this.parameters = parameters;
  }

  /**
   * A head without a projection.
   *
   * @throws IllegalArgumentException if the weights are of another grid or of other taps
   */
  public static Head of(HeadShape shape, RegionWeights weights) {
    return new Head(
        shape,
        Optional.empty(),
        new Parameters(alpha(shape, weights), new double[0], new double[0], new double[0]));
  }

  /**
   * A head with a projection.
   *
   * @param start that the projection begins as
   * @throws IllegalArgumentException as {@link #of(HeadShape, RegionWeights)}, or if the whitening
   *     is of descriptors with another number of components
   */
  public static Head of(HeadShape shape, RegionWeights weights, Whitening start) {
    if (start.inputDimension() != shape.dimension()) {
      throw new IllegalArgumentException(
          "The whitening is of descriptors with %d components, not %d"
              .formatted(start.inputDimension(), shape.dimension()));
    }
    return new Head(
        shape,
        Optional.of(start),
        new Parameters(alpha(shape, weights), start.shift(), start.projection(), new double[0]));
  }

  private static double[] alpha(HeadShape shape, RegionWeights weights) {
    if (weights.taps() != shape.taps() || weights.regions() != shape.regions()) {
      throw new IllegalArgumentException(
          "The weights are of %d taps with %d regions, the region vectors of %d with %d"
              .formatted(weights.taps(), weights.regions(), shape.taps(), shape.regions()));
    }
    double[] alpha = new double[shape.taps() * shape.regions()];
    float[][] perTap = weights.perTap();
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = perTap[i / shape.regions()][i % shape.regions()];
    }
    return alpha;
  }

  /** The same head with other numbers, which are not copied. */
  Head with(Parameters other) {
    return new Head(shape, start, other);
  }

  Parameters parameters() {
    return parameters;
  }

  public HeadShape shape() {
    return shape;
  }

  /** Components d of a descriptor. */
  public int dimension() {
    return start.map(Whitening::dimension).orElse(shape.dimension());
  }

  /** The region weights as they are now. */
  public RegionWeights weights() {
    float[][] perTap = new float[shape.taps()][shape.regions()];
    for (int i = 0; i < parameters.alpha().length; i++) {
      perTap[i / shape.regions()][i % shape.regions()] = (float) parameters.alpha()[i];
    }
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, shape.levels(), perTap);
  }

  /** The shift and the projection as they are now, if there are any. */
  public Optional<Whitening> whitening() {
    return start.map(it -> it.trained(parameters.shift(), parameters.projection()));
  }

  /**
   * The weighted sums before shift, projection and norm: the raw descriptor.
   *
   * @param regions of one image
   */
  public float[] sums(float[] regions) {
    double[] sums = weighted(regions);
    float[] rounded = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      rounded[i] = (float) sums[i];
    }
    return rounded;
  }

  /** The descriptor, of L2 norm 1 (d components). */
  public float[] describe(float[] regions) {
    double[] unit = forward(regions).unit();
    float[] rounded = new float[unit.length];
    for (int i = 0; i < unit.length; i++) {
      rounded[i] = (float) unit[i];
    }
    return rounded;
  }

  private double[] weighted(float[] regions) {
    double[] sums = new double[shape.dimension()];
    int at = 0;
    int to = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = parameters.alpha()[weight++];
        for (int c = 0; c < channels; c++) {
          sums[to + c] += alpha * regions[at + c];
        }
        at += channels;
      }
      to += channels;
    }
    return sums;
  }

  Activation forward(float[] regions) {
    double[] centred = weighted(regions);
    if (start.isEmpty()) {
      return normalised(centred, centred.clone());
    }
    for (int i = 0; i < centred.length; i++) {
      centred[i] -= parameters.shift()[i];
    }
    double[] projected = new double[dimension()];
    for (int k = 0; k < projected.length; k++) {
      projected[k] = Vectors.dot(parameters.projection(), k * centred.length, centred);
    }
    return normalised(centred, projected);
  }

  private static Activation normalised(double[] centred, double[] values) {
    double norm = Math.sqrt(Vectors.dot(values, values));
    for (int i = 0; i < values.length; i++) {
      values[i] = norm == 0 ? 0 : values[i] / norm;
    }
    return new Activation(centred, values, norm);
  }

  /**
   * Adds the gradient by the parameters.
   *
   * @param byUnit the gradient by the descriptor
   * @param to is added to
   * @return the gradient by the weighted sums (D)
   */
  double[] backward(float[] regions, Activation made, double[] byUnit, Parameters to) {
    if (made.norm() == 0) {
      return new double[shape.dimension()]; // Zeros have no direction.
    }
    // y = z/‖z‖, so ∂/∂z = (∂/∂y − y⟨y, ∂/∂y⟩)/‖z‖.
    double along = Vectors.dot(made.unit(), byUnit);
    double[] byProjected = new double[byUnit.length];
    for (int k = 0; k < byUnit.length; k++) {
      byProjected[k] = (byUnit[k] - along * made.unit()[k]) / made.norm();
    }
    double[] bySums = start.isEmpty() ? byProjected : bySums(made, byProjected, to);
    byWeights(regions, bySums, to);
    return bySums;
  }

  /** The gradient by the region vectors, of that by their weighted sums. */
  float[] byRegions(double[] bySums) {
    float[] byRegions = new float[shape.length()];
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        double alpha = parameters.alpha()[weight++];
        for (int c = 0; c < channels; c++) {
          byRegions[at++] = (float) (alpha * bySums[from + c]);
        }
      }
      from += channels;
    }
    return byRegions;
  }

  private double[] bySums(Activation made, double[] byProjected, Parameters to) {
    int inputs = made.centred().length;
    double[] bySums = new double[inputs];
    for (int k = 0; k < byProjected.length; k++) {
      double by = byProjected[k];
      Vectors.add(to.projection(), k * inputs, by, made.centred());
      for (int i = 0; i < inputs; i++) {
        bySums[i] += by * parameters.projection()[k * inputs + i];
      }
    }
    Vectors.add(to.shift(), 0, -1, bySums);
    return bySums;
  }

  private void byWeights(float[] regions, double[] bySums, Parameters to) {
    int at = 0;
    int from = 0;
    int weight = 0;
    for (int channels : shape.channels()) {
      for (int r = 0; r < shape.regions(); r++) {
        to.alpha()[weight++] += Vectors.dot(bySums, from, regions, at, channels);
        at += channels;
      }
      from += channels;
    }
  }
}
