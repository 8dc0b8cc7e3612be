package dev.remap.core.training.head;

import dev.remap.core.whitening.Whitening;
import java.util.Arrays;
import java.util.Optional;

/**
 * Region vectors of the last layer, less a shift, projected and at length one, then summed and at
 * length one, as the aggregator {@code dir} makes it (Gordo et al., IJCV 2017).
 */
final class WhitenedRegions implements HeadPooling {
  private final HeadShape shape;
  private final RegionUnits units;

  WhitenedRegions(HeadShape shape, Whitening start, boolean learns) {
    this.shape = shape;
    this.units = new RegionUnits(shape.regions(), shape.dimension(), Optional.of(start), learns);
  }

  @Override
  public RegionUnits units() {
    return units;
  }

  @Override
  public int dimension() {
    return units.dimension();
  }

  private double[] sums(RegionUnits.Made made) {
    double[] sums = new double[dimension()];
    for (double[] unit : made.units()) {
      Vectors.add(sums, 0, 1, unit);
    }
    return sums;
  }

  @Override
  public double[] pool(float[] regions, Parameters parameters) {
    double[] sums = sums(units.of(regions, parameters));
    Vectors.normalise(sums);
    return sums;
  }

  /** Each region has the gradient of the sum. */
  private double[][] byUnits(RegionUnits.Made made, double[] byPooled) {
    double[] sums = sums(made);
    double norm = Vectors.normalise(sums);
    double[][] byUnits = new double[shape.regions()][];
    Arrays.fill(byUnits, Vectors.byDirection(sums, norm, byPooled));
    return byUnits;
  }

  @Override
  public void backward(float[] regions, double[] byPooled, Parameters parameters, Parameters to) {
    RegionUnits.Made made = units.of(regions, parameters);
    units.backward(made, byUnits(made, byPooled), parameters, to);
  }

  @Override
  public float[] byParts(float[] regions, double[] byPooled, Parameters parameters) {
    RegionUnits.Made made = units.of(regions, parameters);
    float[] byRegions = new float[shape.length()];
    units.byRows(made, byUnits(made, byPooled), parameters, byRegions);
    return byRegions;
  }
}
