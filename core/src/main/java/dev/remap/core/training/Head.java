package dev.remap.core.training;

import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.whitening.Whitening;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What follows a network: what the aggregator makes of its maps, which is REMAP's weighted sums
 * (Husain and Bober, TIP 2019, fig. 1) or generalised means (Radenović, Tolias, Chum, TPAMI 2018);
 * with a projection, less a shift and projected; L2. The arithmetic is that of the aggregator and
 * the whitening, in double.
 *
 * <p>Used by one thread.
 */
public final class Head {
  private static final double[] NONE = new double[0];

  private final HeadShape shape;
  private final HeadPooling pooling;
  private final Optional<Whitening> start;
  private final Parameters parameters;

  private Head(HeadShape shape, Optional<Whitening> start, Parameters parameters) {
    this.shape = shape;
    this.pooling = shape.hasCells() ? new GeneralisedMeans(shape) : new WeightedSums(shape);
    this.start = start;
    this.parameters = parameters;
  }

  /**
   * A head of weighted sums, without a projection.
   *
   * @throws IllegalArgumentException if the weights are of another grid or of other taps
   */
  public static Head of(HeadShape shape, RegionWeights weights) {
    return new Head(
        shape, Optional.empty(), new Parameters(alpha(shape, weights), NONE, NONE, NONE, NONE));
  }

  /**
   * A head of generalised means, without a projection.
   *
   * @param exponents one for all channels, or one for each
   * @throws IllegalArgumentException if there are other channels
   */
  public static Head of(HeadShape cells, List<Float> exponents) {
    if (exponents.size() != 1 && exponents.size() != cells.dimension()) {
      throw new IllegalArgumentException(
          "There are %d exponents, and %d channels".formatted(exponents.size(), cells.dimension()));
    }
    double[] p = exponents.stream().mapToDouble(Float::doubleValue).toArray();
    return new Head(cells, Optional.empty(), new Parameters(NONE, p, NONE, NONE, NONE));
  }

  /**
   * The same with a projection behind it.
   *
   * @param begin that the projection begins as
   * @throws IllegalArgumentException if the whitening is of descriptors with another number of
   *     components
   */
  public Head projected(Whitening begin) {
    if (begin.inputDimension() != shape.dimension()) {
      throw new IllegalArgumentException(
          "The whitening is of descriptors with %d components, not %d"
              .formatted(begin.inputDimension(), shape.dimension()));
    }
    Parameters own = parameters;
    return new Head(
        shape,
        Optional.of(begin),
        new Parameters(
            own.alpha(), own.exponents(), begin.shift(), begin.projection(), own.network()));
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

  /** The exponents as they are now, of each channel. */
  public List<Float> exponents() {
    double[] p = parameters.exponents();
    return IntStream.range(0, shape.dimension())
        .mapToObj(c -> (float) p[p.length == 1 ? 0 : c])
        .toList();
  }

  /** The shift and the projection as they are now, if there are any. */
  public Optional<Whitening> whitening() {
    return start.map(it -> it.trained(parameters.shift(), parameters.projection()));
  }

  /**
   * The raw descriptor, before shift, projection and norm.
   *
   * @param parts of one image: its region vectors, or its cells
   */
  public float[] raw(float[] parts) {
    return rounded(pooling.pool(parts, parameters));
  }

  /** The descriptor, of L2 norm 1 (d components). */
  public float[] describe(float[] parts) {
    return rounded(forward(parts).unit());
  }

  private static float[] rounded(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  Activation forward(float[] parts) {
    double[] centred = pooling.pool(parts, parameters);
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
   * @return the gradient by the raw descriptor (D)
   */
  double[] backward(float[] parts, Activation made, double[] byUnit, Parameters to) {
    if (made.norm() == 0) {
      return new double[shape.dimension()]; // Zeros have no direction.
    }
    // y = z/‖z‖, so ∂/∂z = (∂/∂y − y⟨y, ∂/∂y⟩)/‖z‖.
    double along = Vectors.dot(made.unit(), byUnit);
    double[] byProjected = new double[byUnit.length];
    for (int k = 0; k < byUnit.length; k++) {
      byProjected[k] = (byUnit[k] - along * made.unit()[k]) / made.norm();
    }
    double[] byRaw = start.isEmpty() ? byProjected : byRaw(made, byProjected, to);
    pooling.backward(parts, byRaw, parameters, to);
    return byRaw;
  }

  /** The gradient by the parts of an image, of that by its raw descriptor. */
  float[] byParts(float[] parts, double[] byRaw) {
    return pooling.byParts(parts, byRaw, parameters);
  }

  private double[] byRaw(Activation made, double[] byProjected, Parameters to) {
    int inputs = made.centred().length;
    double[] byRaw = new double[inputs];
    for (int k = 0; k < byProjected.length; k++) {
      double by = byProjected[k];
      Vectors.add(to.projection(), k * inputs, by, made.centred());
      for (int i = 0; i < inputs; i++) {
        byRaw[i] += by * parameters.projection()[k * inputs + i];
      }
    }
    Vectors.add(to.shift(), 0, -1, byRaw);
    return byRaw;
  }
}
