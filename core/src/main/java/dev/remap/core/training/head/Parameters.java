package dev.remap.core.training.head;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a head and the network before it learn, or a gradient by it: numbers, part by part. Those of
 * a part are changed in place.
 */
public final class Parameters {
  private static final double[] NONE = new double[0];

  private final Map<Part, double[]> values;

  /** Numbers that are measured alike; a head has none of the parts that it does not know. */
  public enum Part {
    /** Region weights, by tap and canonical region. */
    ALPHA(Learnable.ALPHA),

    /** Of generalised means, one for all channels or one for each. */
    EXPONENTS(Learnable.EXPONENTS),

    /** What is subtracted from a region (C). */
    REGION_SHIFT(Learnable.REGION_PROJECTION),

    /** What a region is projected by: d rows of C numbers. */
    REGION_PROJECTION(Learnable.REGION_PROJECTION),

    /** W₁ of the attention: for each hidden unit 2·C numbers. */
    HIDDEN(Learnable.ATTENTION),

    /** b₁. */
    HIDDEN_BIAS(Learnable.ATTENTION),

    /** w₂. */
    OUTPUT(Learnable.ATTENTION),

    /** b₂. */
    OUTPUT_BIAS(Learnable.ATTENTION),

    /** What is subtracted from the raw descriptor (D). */
    SHIFT(Learnable.PROJECTION),

    /** What that is projected by: d rows of D numbers. */
    PROJECTION(Learnable.PROJECTION),

    /** What of the network learns, tensor by tensor. */
    NETWORK(Learnable.NETWORK);

    private final Learnable learnable;

    Part(Learnable learnable) {
      this.learnable = learnable;
    }

    /** What it learns with. */
    public Learnable learnable() {
      return learnable;
    }
  }

  private Parameters(Map<Part, double[]> values) {
    this.values = values;
  }

  /** Without any part. */
  public static Parameters none() {
    return new Parameters(new EnumMap<>(Part.class));
  }

  /** With these numbers for a part, which are not copied; nor are those of the other parts. */
  public Parameters with(Part part, double... numbers) {
    Map<Part, double[]> more = new EnumMap<>(Part.class);
    more.putAll(values);
    more.put(part, numbers);
    return new Parameters(more);
  }

  /** The numbers of a part; none if it is not there. */
  public double[] of(Part part) {
    return values.getOrDefault(part, NONE);
  }

  /** As many zeros. */
  public Parameters zeros() {
    Map<Part, double[]> zeros = new EnumMap<>(Part.class);
    values.forEach((part, numbers) -> zeros.put(part, new double[numbers.length]));
    return new Parameters(zeros);
  }

  public Parameters copy() {
    Map<Part, double[]> copy = new EnumMap<>(Part.class);
    values.forEach((part, numbers) -> copy.put(part, numbers.clone()));
    return new Parameters(copy);
  }

  /** Adds others, number by number. */
  public void add(Parameters more) {
    values.forEach((part, numbers) -> Vectors.add(numbers, 0, 1, more.of(part)));
  }

  public boolean isFinite() {
    for (double[] numbers : values.values()) {
      for (double number : numbers) {
        if (!Double.isFinite(number)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether some region counts, if there are region weights. */
  public boolean hasWeight() {
    double[] alpha = of(Part.ALPHA);
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
  public void round() {
    for (double[] numbers : values.values()) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) numbers[i];
      }
    }
  }
}
