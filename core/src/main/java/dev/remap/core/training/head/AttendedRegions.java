package dev.remap.core.training.head;

import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.whitening.Whitening;
import java.util.Optional;

/**
 * Regions of the last layer, each times the weight that two layers give it, then summed and at
 * length one, as the aggregator {@code regional-attention} makes it (Kim and Yoon, BMVC 2018): a =
 * softplus(w₂ · h(W₁ · [mean of the region; mean of the map] + b₁) + b₂).
 */
final class AttendedRegions implements HeadPooling {
  private final HeadShape shape;
  private final AttentionWeights start;
  private final RegionUnits units;

  AttendedRegions(
      HeadShape shape, AttentionWeights start, Optional<Whitening> whitening, boolean learns) {
    this.shape = shape;
    this.start = start;
    this.units = new RegionUnits(shape.regions(), shape.dimension(), whitening, learns);
    if (start.levels() != shape.levels() || start.channels() != shape.dimension()) {
      throw new IllegalArgumentException(
          "The attention is for %d levels of regions with %d channels, not %d with %d"
              .formatted(start.levels(), start.channels(), shape.levels(), shape.dimension()));
    }
  }

  @Override
  public RegionUnits units() {
    return units;
  }

  @Override
  public int dimension() {
    return units.dimension();
  }

  /** What learns, as it is at the start. */
  Parameters start() {
    return units
        .learnt()
        .with(Part.HIDDEN, doubles(start.hidden()))
        .with(Part.HIDDEN_BIAS, doubles(start.hiddenBias()))
        .with(Part.OUTPUT, doubles(start.output()))
        .with(Part.OUTPUT_BIAS, start.outputBias());
  }

  private static double[] doubles(float[]... rows) {
    double[] doubles = new double[rows.length * rows[0].length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = rows[i / rows[0].length][i % rows[0].length];
    }
    return doubles;
  }

  /** The layers as they are now. */
  AttentionWeights weights(Parameters parameters) {
    float[][] hidden = new float[start.hidden().length][2 * start.channels()];
    double[] values = parameters.of(Part.HIDDEN);
    for (int i = 0; i < values.length; i++) {
      hidden[i / hidden[0].length][i % hidden[0].length] = (float) values[i];
    }
    return start.with(
        hidden,
        floats(parameters.of(Part.HIDDEN_BIAS)),
        floats(parameters.of(Part.OUTPUT)),
        (float) parameters.of(Part.OUTPUT_BIAS)[0]);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * How regions of an image are weighed.
   *
   * @param sums what the hidden units get, region by region
   * @param outputs what the softplus gets, of each region
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Weighed(double[][] sums, double[] outputs) {
    double weight(int region) {
      return AttentionWeights.Activation.SOFTPLUS.of(outputs[region]);
    }

    double slope(int region) {
      return AttentionWeights.Activation.SOFTPLUS.slope(outputs[region]);
    }
  }

  private Weighed weighed(float[] parts, Parameters parameters) {
    int regions = shape.regions();
    int channels = shape.dimension();
    double[] hidden = parameters.of(Part.HIDDEN);
    double[] output = parameters.of(Part.OUTPUT);
    double[][] sums = new double[regions][output.length];
    double[] outputs = new double[regions];
    for (int r = 0; r < regions; r++) {
      outputs[r] = parameters.of(Part.OUTPUT_BIAS)[0];
    }
    for (int unit = 0; unit < output.length; unit++) {
      int row = 2 * unit * channels;
      double context =
          parameters.of(Part.HIDDEN_BIAS)[unit]
              + Vectors.dot(hidden, row + channels, parts, 2 * regions * channels, channels);
      for (int r = 0; r < regions; r++) {
        sums[r][unit] =
            context + Vectors.dot(hidden, row, parts, (regions + r) * channels, channels);
        outputs[r] += output[unit] * start.activation().of(sums[r][unit]);
      }
    }
    return new Weighed(sums, outputs);
  }

  private double[] sums(RegionUnits.Made made, Weighed weighed) {
    double[] sums = new double[dimension()];
    for (int r = 0; r < shape.regions(); r++) {
      Vectors.add(sums, 0, weighed.weight(r), made.units()[r]);
    }
    return sums;
  }

  @Override
  public double[] pool(float[] parts, Parameters parameters) {
    double[] sums = sums(units.of(parts, parameters), weighed(parts, parameters));
    Vectors.normalise(sums);
    return sums;
  }

  /**
   * The way back of an image to what is weighed and to what weighs it.
   *
   * @param byUnits the gradient by the regions as they are summed
   * @param byOutputs by what the softplus gets
   * @param bySums by what the hidden units get
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Gradient(
      RegionUnits.Made made,
      Weighed weighed,
      double[][] byUnits,
      double[] byOutputs,
      double[][] bySums) {}

  private Gradient gradient(float[] parts, double[] byPooled, Parameters parameters) {
    RegionUnits.Made made = units.of(parts, parameters);
    Weighed weighed = weighed(parts, parameters);
    double[] sums = sums(made, weighed);
    double norm = Vectors.normalise(sums);
    double[] by = Vectors.byDirection(sums, norm, byPooled);
    double[] output = parameters.of(Part.OUTPUT);
    double[][] byUnits = new double[shape.regions()][dimension()];
    double[] byOutputs = new double[shape.regions()];
    double[][] bySums = new double[shape.regions()][output.length];
    for (int r = 0; r < byUnits.length; r++) {
      Vectors.add(byUnits[r], 0, weighed.weight(r), by);
      byOutputs[r] = Vectors.dot(by, made.units()[r]) * weighed.slope(r);
      for (int unit = 0; unit < output.length; unit++) {
        bySums[r][unit] =
            byOutputs[r] * output[unit] * start.activation().slope(weighed.sums[r][unit]);
      }
    }
    return new Gradient(made, weighed, byUnits, byOutputs, bySums);
  }

  @Override
  public void backward(float[] parts, double[] byPooled, Parameters parameters, Parameters to) {
    Gradient gradient = gradient(parts, byPooled, parameters);
    units.backward(gradient.made, gradient.byUnits, parameters, to);
    int regions = shape.regions();
    int channels = shape.dimension();
    double[] byHidden = to.of(Part.HIDDEN);
    double[] ofAll = new double[to.of(Part.OUTPUT).length];
    for (int r = 0; r < regions; r++) {
      to.of(Part.OUTPUT_BIAS)[0] += gradient.byOutputs[r];
      for (int unit = 0; unit < ofAll.length; unit++) {
        double by = gradient.bySums[r][unit];
        double made = start.activation().of(gradient.weighed.sums[r][unit]);
        to.of(Part.OUTPUT)[unit] += gradient.byOutputs[r] * made;
        Vectors.add(byHidden, 2 * unit * channels, by, parts, (regions + r) * channels, channels);
        ofAll[unit] += by;
      }
    }
    for (int unit = 0; unit < ofAll.length; unit++) {
      to.of(Part.HIDDEN_BIAS)[unit] += ofAll[unit];
      int row = (2 * unit + 1) * channels;
      Vectors.add(byHidden, row, ofAll[unit], parts, 2 * regions * channels, channels);
    }
  }

  @Override
  public float[] byParts(float[] parts, double[] byPooled, Parameters parameters) {
    Gradient gradient = gradient(parts, byPooled, parameters);
    float[] byParts = new float[shape.length()];
    units.byRows(gradient.made, gradient.byUnits, parameters, byParts);
    int regions = shape.regions();
    int channels = shape.dimension();
    double[] hidden = parameters.of(Part.HIDDEN);
    double[] byMap = new double[channels];
    for (int r = 0; r < regions; r++) {
      double[] byMeans = new double[channels];
      for (int unit = 0; unit < gradient.bySums[r].length; unit++) {
        double by = gradient.bySums[r][unit];
        int row = 2 * unit * channels;
        for (int c = 0; c < channels; c++) {
          byMeans[c] += by * hidden[row + c];
          byMap[c] += by * hidden[row + channels + c];
        }
      }
      put(byMeans, byParts, (regions + r) * channels);
    }
    put(byMap, byParts, 2 * regions * channels);
    return byParts;
  }

  private static void put(double[] values, float[] to, int from) {
    for (int i = 0; i < values.length; i++) {
      to[from + i] = (float) values[i];
    }
  }
}
