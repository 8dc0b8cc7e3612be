package dev.remap.core.training.head;

import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.whitening.Whitening;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What follows a network: what the aggregator makes of its maps, which is REMAP's weighted sums
 * (Husain and Bober, TIP 2019, fig. 1), generalised means (Radenović, Tolias, Chum, TPAMI 2018),
 * whitened regions (Gordo et al., IJCV 2017) or regional attention (Kim and Yoon, BMVC 2018); with
 * a projection, less a shift and projected; L2. The arithmetic is that of the aggregator and the
 * whitening, in double.
 *
 * <p>Used by one thread.
 */
public final class Head {
  private final HeadShape shape;
  private final HeadPooling pooling;
  private final Optional<Whitening> start;
  private final Parameters parameters;

  private Head(
      HeadShape shape, HeadPooling pooling, Optional<Whitening> start, Parameters parameters) {
    this.shape = shape;
    this.pooling = pooling;
    this.start = start;
    this.parameters = parameters;
  }

  private static Head of(HeadShape shape, HeadPooling pooling, Parameters parameters) {
    return new Head(shape, pooling, Optional.empty(), parameters);
  }

  /**
   * A head of weighted sums, without a projection.
   *
   * @throws IllegalArgumentException if the weights are of another grid or of other taps
   */
  public static Head of(HeadShape shape, RegionWeights weights) {
    double[] alpha = alpha(shape, weights);
    return of(shape, new WeightedSums(shape), Parameters.none().with(Part.ALPHA, alpha));
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
    return of(cells, new GeneralisedMeans(cells), Parameters.none().with(Part.EXPONENTS, p));
  }

  /**
   * A head of whitened regions, without a projection behind them.
   *
   * @param vectors of the last layer
   * @param begin that regions are whitened by at first
   * @param learns whether that changes
   * @throws IllegalArgumentException if the whitening is of other regions
   */
  public static Head whitened(HeadShape vectors, Whitening begin, boolean learns) {
    WhitenedRegions pooling = new WhitenedRegions(vectors, begin, learns);
    return of(vectors, pooling, pooling.units().learnt());
  }

  /**
   * A head of regional attention, without a projection behind it.
   *
   * @param begin the layers at first
   * @param whitening of regions, if there is one
   * @param learns whether the whitening changes
   * @throws IllegalArgumentException if layers or whitening are of other regions
   */
  public static Head attended(
      HeadShape statistics, AttentionWeights begin, Optional<Whitening> whitening, boolean learns) {
    AttendedRegions pooling = new AttendedRegions(statistics, begin, whitening, learns);
    return of(statistics, pooling, pooling.start());
  }

  /**
   * The same with a projection behind it.
   *
   * @param begin that the projection begins as
   * @throws IllegalArgumentException if the whitening is of descriptors with another number of
   *     components
   */
  public Head projected(Whitening begin) {
    if (begin.inputDimension() != pooling.dimension()) {
      throw new IllegalArgumentException(
          "The whitening is of descriptors with %d components, not %d"
              .formatted(begin.inputDimension(), pooling.dimension()));
    }
    return new Head(
        shape,
        pooling,
        Optional.of(begin),
        parameters.with(Part.SHIFT, begin.shift()).with(Part.PROJECTION, begin.projection()));
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
  public Head with(Parameters other) {
    return new Head(shape, pooling, start, other);
  }

  public Parameters parameters() {
    return parameters;
  }

  public HeadShape shape() {
    return shape;
  }

  /** Components d of a descriptor. */
  public int dimension() {
    return start.map(Whitening::dimension).orElse(pooling.dimension());
  }

  /** The region weights as they are now. */
  public RegionWeights weights() {
    float[][] perTap = new float[shape.taps()][shape.regions()];
    double[] alpha = parameters.of(Part.ALPHA);
    for (int i = 0; i < alpha.length; i++) {
      perTap[i / shape.regions()][i % shape.regions()] = (float) alpha[i];
    }
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, shape.levels(), perTap);
  }

  /** The exponents as they are now, of each channel. */
  public List<Float> exponents() {
    double[] p = parameters.of(Part.EXPONENTS);
    return IntStream.range(0, shape.dimension())
        .mapToObj(c -> (float) p[p.length == 1 ? 0 : c])
        .toList();
  }

  /** The whitening of regions as it is now, if they have one. */
  public Optional<Whitening> regionWhitening() {
    return pooling.units().whitening(parameters);
  }

  /** The layers of a head of regional attention as they are now. */
  public AttentionWeights attention() {
    if (pooling instanceof AttendedRegions attended) {
      return attended.weights(parameters);
    }
    throw new IllegalStateException("It has no attention");
  }

  /** The shift and the projection as they are now, if there are any. */
  public Optional<Whitening> whitening() {
    return start.map(it -> it.trained(parameters.of(Part.SHIFT), parameters.of(Part.PROJECTION)));
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

  /** What it makes of the parts of an image. */
  public Activation forward(float[] parts) {
    double[] centred = pooling.pool(parts, parameters);
    if (start.isEmpty()) {
      return normalised(centred, centred.clone());
    }
    Vectors.add(centred, 0, -1, parameters.of(Part.SHIFT));
    double[] projected = new double[dimension()];
    for (int k = 0; k < projected.length; k++) {
      projected[k] = Vectors.dot(parameters.of(Part.PROJECTION), k * centred.length, centred);
    }
    return normalised(centred, projected);
  }

  private static Activation normalised(double[] centred, double[] values) {
    double norm = Vectors.normalise(values);
    return new Activation(centred, values, norm);
  }

  /**
   * Adds the gradient by the parameters.
   *
   * @param byUnit the gradient by the descriptor
   * @param to is added to
   * @return the gradient by the raw descriptor (D)
   */
  public double[] backward(float[] parts, Activation made, double[] byUnit, Parameters to) {
    if (made.norm() == 0) {
      return new double[pooling.dimension()]; // Zeros have no direction.
    }
    double[] byProjected = Vectors.byDirection(made.unit(), made.norm(), byUnit);
    double[] byRaw = start.isEmpty() ? byProjected : byRaw(made, byProjected, to);
    pooling.backward(parts, byRaw, parameters, to);
    return byRaw;
  }

  /** The gradient by the parts of an image, of that by its raw descriptor. */
  public float[] byParts(float[] parts, double[] byRaw) {
    return pooling.byParts(parts, byRaw, parameters);
  }

  private double[] byRaw(Activation made, double[] byProjected, Parameters to) {
    int inputs = made.centred().length;
    double[] projection = parameters.of(Part.PROJECTION);
    double[] byProjection = to.of(Part.PROJECTION);
    double[] byRaw = new double[inputs];
    for (int k = 0; k < byProjected.length; k++) {
      double by = byProjected[k];
      Vectors.add(byProjection, k * inputs, by, made.centred());
      for (int i = 0; i < inputs; i++) {
        byRaw[i] += by * projection[k * inputs + i];
      }
    }
    Vectors.add(to.of(Part.SHIFT), 0, -1, byRaw);
    return byRaw;
  }
}
