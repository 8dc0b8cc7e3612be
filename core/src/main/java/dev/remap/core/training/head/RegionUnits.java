package dev.remap.core.training.head;

import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.whitening.Metric;
import dev.remap.core.whitening.Whitening;
import java.util.Arrays;
import java.util.Optional;

/**
 * The regions of an image as they are summed: at length one; or less a shift, projected and then at
 * length one. A region without activation stays zero.
 */
final class RegionUnits {
  private final int regions;
  private final int channels;
  private final Optional<Whitening> start;
  private final boolean learns;

  /** Of a whitening that does not learn. */
  private final Parameters fixed;

  /**
   * @param start what shift and projection begin as; without it, there are none
   * @param learns whether they do; else they stay
   * @throws IllegalArgumentException if the whitening is of other regions, or keeps their lengths
   */
  RegionUnits(int regions, int channels, Optional<Whitening> start, boolean learns) {
    this.regions = regions;
    this.channels = channels;
    this.start = start;
    this.learns = learns;
    this.fixed = learns ? Parameters.none() : numbers();
    if (start.isPresent() && start.get().inputDimension() != channels) {
      throw new IllegalArgumentException(
          "The whitening is of regions with %d channels, not %d"
              .formatted(start.get().inputDimension(), channels));
    }
    if (start.isPresent() && start.get().metric() != Metric.COSINE) {
      throw new IllegalArgumentException(
          "The whitening of regions keeps their lengths, and regions that are trained have length"
              + " one");
    }
  }

  private Parameters numbers() {
    return start
        .map(
            whitening ->
                Parameters.none()
                    .with(Part.REGION_SHIFT, whitening.shift())
                    .with(Part.REGION_PROJECTION, whitening.projection()))
        .orElse(Parameters.none());
  }

  /** What learns of it, as it is at the start. */
  Parameters learnt() {
    return learns ? numbers() : Parameters.none();
  }

  /** The whitening as it is now, if there is one. */
  Optional<Whitening> whitening(Parameters parameters) {
    return learns
        ? start.map(
            it ->
                it.trained(parameters.of(Part.REGION_SHIFT), parameters.of(Part.REGION_PROJECTION)))
        : start;
  }

  int dimension() {
    return start.map(Whitening::dimension).orElse(channels);
  }

  private double[] of(Part part, Parameters parameters) {
    return (learns ? parameters : fixed).of(part);
  }

  /**
   * What comes of the regions of an image.
   *
   * @param centred less the shift; all zero of a region without activation
   * @param units projected, at length one
   * @param norms before that
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Made(double[][] centred, double[][] units, double[] norms) {}

  /**
   * Makes them.
   *
   * @param rows region by region its channels, from 0 on
   */
  Made of(float[] rows, Parameters parameters) {
    double[][] centred = centred(rows, of(Part.REGION_SHIFT, parameters));
    double[][] units = new double[regions][dimension()];
    if (start.isEmpty()) {
      for (int r = 0; r < regions; r++) {
        units[r] = centred[r].clone();
      }
    } else {
      double[] projection = of(Part.REGION_PROJECTION, parameters);
      for (int k = 0; k < dimension(); k++) {
        for (int r = 0; r < regions; r++) {
          units[r][k] = Vectors.dot(projection, k * channels, centred[r]);
        }
      }
    }
    return new Made(centred, units, Arrays.stream(units).mapToDouble(Vectors::normalise).toArray());
  }

  private double[][] centred(float[] rows, double[] shift) {
    double[][] centred = new double[regions][channels];
    for (int r = 0; r < regions; r++) {
      boolean hasActivation = false;
      for (int c = 0; c < channels; c++) {
        float value = rows[r * channels + c];
        hasActivation |= value != 0;
        centred[r][c] = shift.length == 0 ? value : value - shift[c];
      }
      if (!hasActivation) {
        Arrays.fill(centred[r], 0);
      }
    }
    return centred;
  }

  private double[][] byProjected(Made made, double[][] byUnits) {
    double[][] by = new double[regions][];
    for (int r = 0; r < regions; r++) {
      by[r] = Vectors.byDirection(made.units[r], made.norms[r], byUnits[r]);
    }
    return by;
  }

  /**
   * Adds the gradient by shift and projection, if they learn.
   *
   * @param to is added to
   */
  void backward(Made made, double[][] byUnits, Parameters parameters, Parameters to) {
    double[] byProjection = to.of(Part.REGION_PROJECTION);
    if (byProjection.length == 0) {
      return;
    }
    double[][] byProjected = byProjected(made, byUnits);
    double[] projection = of(Part.REGION_PROJECTION, parameters);
    double[] byShift = to.of(Part.REGION_SHIFT);
    for (int k = 0; k < dimension(); k++) {
      double ofAll = 0;
      for (int r = 0; r < regions; r++) {
        Vectors.add(byProjection, k * channels, byProjected[r][k], made.centred[r]);
        ofAll += byProjected[r][k];
      }
      for (int c = 0; c < channels; c++) {
        byShift[c] -= ofAll * projection[k * channels + c];
      }
    }
  }

  /** Puts the gradient by the rows into the first of these numbers. */
  void byRows(Made made, double[][] byUnits, Parameters parameters, float[] byRows) {
    double[][] byProjected = byProjected(made, byUnits);
    double[] projection = of(Part.REGION_PROJECTION, parameters);
    for (int r = 0; r < regions; r++) {
      double[] by = start.isEmpty() ? byProjected[r] : new double[channels];
      for (int k = 0; start.isPresent() && k < dimension(); k++) {
        for (int c = 0; c < channels; c++) {
          by[c] += byProjected[r][k] * projection[k * channels + c];
        }
      }
      for (int c = 0; c < channels; c++) {
        byRows[r * channels + c] = (float) by[c];
      }
    }
  }
}
