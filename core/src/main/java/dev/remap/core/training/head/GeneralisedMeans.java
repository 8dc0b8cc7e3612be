package dev.remap.core.training.head;

import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.training.head.Parameters.Part;

/**
 * The generalised mean of each channel's cells, as the aggregator {@code gem} makes it: f = (mean
 * xᵖ)^(1/p) of x = max(cell, 10⁻⁶), and all of them divided by their norm + 10⁻⁶ (Radenović,
 * Tolias, Chum, TPAMI 2018, eq. 3). One exponent p serves all channels, or each has its own.
 */
record GeneralisedMeans(HeadShape shape) implements HeadPooling {
  private static final double FLOOR = GemAggregator.FLOOR;
  private static final double LOG_FLOOR = StrictMath.log(FLOOR);

  /**
   * Of each channel.
   *
   * @param f the generalised mean
   * @param largest ln of the largest x, M; powers are of x/M, which no exponent makes all 0
   * @param powers Σ (x/M)ᵖ
   * @param slopes Σ (x/M)ᵖ ln x
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Means(double[] f, double[] largest, double[] powers, double[] slopes) {
    double norm() {
      return Vectors.norm(f);
    }
  }

  private static double exponent(Parameters parameters, int channel) {
    double[] p = parameters.of(Part.EXPONENTS);
    return p[p.length == 1 ? 0 : channel];
  }

  private Means means(float[] cells, Parameters parameters) {
    int channels = shape.dimension();
    Means means =
        new Means(
            new double[channels], new double[channels], new double[channels], new double[channels]);
    for (int c = 0; c < channels; c++) {
      add(cells, c, exponent(parameters, c), means);
    }
    return means;
  }

  private void add(float[] cells, int channel, double p, Means to) {
    int from = channel * shape.regions();
    int end = from + shape.regions();
    double most = FLOOR;
    for (int i = from; i < end; i++) {
      most = Math.max(most, cells[i]);
    }
    double largest = StrictMath.log(most);
    double powers = 0;
    double slopes = 0;
    int atFloor = 0;
    for (int i = from; i < end; i++) {
      if (cells[i] <= FLOOR) {
        atFloor++;
      } else {
        double log = StrictMath.log(cells[i]);
        double power = StrictMath.exp(p * (log - largest));
        powers += power;
        slopes += power * log;
      }
    }
    double floor = atFloor == 0 ? 0 : atFloor * StrictMath.exp(p * (LOG_FLOOR - largest));
    to.largest[channel] = largest;
    to.powers[channel] = powers + floor;
    to.slopes[channel] = slopes + floor * LOG_FLOOR;
    to.f[channel] =
        StrictMath.exp(largest + StrictMath.log(to.powers[channel] / shape.regions()) / p);
  }

  @Override
  public int dimension() {
    return shape.dimension();
  }

  @Override
  public double[] pool(float[] cells, Parameters parameters) {
    Means means = means(cells, parameters);
    double norm = means.norm() + FLOOR;
    double[] pooled = means.f;
    for (int c = 0; c < pooled.length; c++) {
      pooled[c] /= norm;
    }
    return pooled;
  }

  /** g = f/(‖f‖ + ε), so ∂/∂f = ∂/∂g/(‖f‖ + ε) − f⟨f, ∂/∂g⟩/(‖f‖(‖f‖ + ε)²). */
  private static double[] byMeans(Means means, double[] byPooled) {
    double norm = means.norm();
    double more = norm + FLOOR;
    double along = Vectors.dot(means.f, byPooled) / (norm * more * more);
    double[] byMeans = new double[byPooled.length];
    for (int c = 0; c < byMeans.length; c++) {
      byMeans[c] = byPooled[c] / more - means.f[c] * along;
    }
    return byMeans;
  }

  /** ∂f/∂p = f · (−ln(mean xᵖ)/p² + Σ xᵖ ln x/(p Σ xᵖ)). */
  @Override
  public void backward(float[] cells, double[] byPooled, Parameters parameters, Parameters to) {
    Means means = means(cells, parameters);
    double[] byMeans = byMeans(means, byPooled);
    double[] byExponents = to.of(Part.EXPONENTS);
    for (int c = 0; c < byMeans.length; c++) {
      double p = exponent(parameters, c);
      double log = StrictMath.log(means.f[c]); // ln(mean xᵖ)/p
      double slope = means.f[c] * (means.slopes[c] / means.powers[c] - log) / p;
      byExponents[byExponents.length == 1 ? 0 : c] += byMeans[c] * slope;
    }
  }

  /** ∂f/∂x = f xᵖ⁻¹/Σ xᵖ; what is at the floor stays there. */
  @Override
  public float[] byParts(float[] cells, double[] byPooled, Parameters parameters) {
    Means means = means(cells, parameters);
    double[] byMeans = byMeans(means, byPooled);
    float[] byCells = new float[shape.length()];
    for (int c = 0; c < byMeans.length; c++) {
      double p = exponent(parameters, c);
      double factor = byMeans[c] * means.f[c] / means.powers[c];
      for (int i = c * shape.regions(); i < (c + 1) * shape.regions(); i++) {
        if (cells[i] > FLOOR) {
          double log = StrictMath.log(cells[i]);
          byCells[i] = (float) (factor * StrictMath.exp(p * (log - means.largest[c]) - log));
        }
      }
    }
    return byCells;
  }
}
