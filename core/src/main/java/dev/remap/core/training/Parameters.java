package dev.remap.core.training;

/**
 * What a head and the network before it learn, or a gradient by it.
 *
 * @param alpha region weights, by tap and canonical region; empty without regions
 * @param exponents of generalised means, one for all channels or one for each; empty without them
 * @param shift what is subtracted from the raw descriptor (D); empty without a projection
 * @param projection d rows of D numbers; empty without one
 * @param network what of the network learns, tensor by tensor; empty if it stays as it is
 */
@SuppressWarnings("ArrayRecordComponent") // Changed in place, never compared.
record Parameters(
    double[] alpha, double[] exponents, double[] shift, double[] projection, double[] network) {
  Parameters zeros() {
    return new Parameters(
        new double[alpha.length],
        new double[exponents.length],
        new double[shift.length],
        new double[projection.length],
        new double[network.length]);
  }

  Parameters copy() {
    return before(network.clone());
  }

  /** Adds others, number by number. */
  void add(Parameters more) {
    for (Part part : Part.values()) {
      Vectors.add(of(part), 0, 1, more.of(part));
    }
  }

  /** A copy with that of a network. */
  Parameters before(double[] other) {
    return new Parameters(
        alpha.clone(), exponents.clone(), shift.clone(), projection.clone(), other);
  }

  /** Of a part, in the order of {@link Part}. */
  double[] of(Part part) {
    return switch (part) {
      case ALPHA -> alpha;
      case EXPONENTS -> exponents;
      case SHIFT -> shift;
      case PROJECTION -> projection;
      case NETWORK -> network;
    };
  }

  /** What has a learning rate of its own. */
  enum Part {
    ALPHA,
    EXPONENTS,
    SHIFT,
    PROJECTION,
    NETWORK
  }

  boolean isFinite() {
    for (Part part : Part.values()) {
      for (double value : of(part)) {
        if (!Double.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether some region counts, if there are any. */
  boolean hasWeight() {
    if (alpha.length == 0) {
      return true;
    }
    for (double weight : alpha) {
      if (weight > 0) {
        return true;
      }
    }
    return false;
  }

  /** Rounds to floats, as the artifacts hold them. */
  void round() {
    for (Part part : Part.values()) {
      double[] values = of(part);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) values[i];
      }
    }
  }
}
