package dev.remap.core.training;

import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.training.Parameters.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Stochastic gradient descent with momentum, or Adam (Kingma and Ba, ICLR 2015), with the
 * arithmetic of PyTorch's {@code SGD} and {@code Adam}. Each part is measured in a size of its own,
 * so that learning rates do not depend on what descriptors are multiplied by.
 */
final class Optimiser {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** The rules that there are. */
  enum Method {
    SGD,
    ADAM;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    static List<String> labels() {
      return Arrays.stream(values()).map(Method::label).toList();
    }

    static Method of(String label) {
      return Arrays.stream(values())
          .filter(method -> method.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(label + " is none of " + labels()));
    }
  }

  private final Recipe recipe;
  private final Method method;
  private final double alphaSize;
  private final double exponentSize;
  private final double projectionSize;
  private final double shiftSize;
  private final int[] tensors;
  private final double[] tensorSizes;

  /** Of a head alone. */
  Optimiser(Recipe recipe, Parameters start) {
    this(recipe, start, new int[0]);
  }

  /**
   * @param start tells how large the parts usually are
   * @param tensors how many numbers each tensor of the network has
   */
  Optimiser(Recipe recipe, Parameters start, int[] tensors) {
    this.recipe = recipe;
    this.method = Method.of(recipe.optimiser());
    this.alphaSize = Arrays.stream(start.alpha()).average().orElse(1);
    this.exponentSize = Arrays.stream(start.exponents()).average().orElse(1);
    double squares = Vectors.dot(start.projection(), start.projection());
    this.projectionSize = Math.sqrt(squares / Math.max(1, start.projection().length));
    // Projected descriptors vary by about 1 in each direction, and a row has D numbers.
    this.shiftSize = squares == 0 ? 1 : 1 / (projectionSize * start.shift().length);
    this.tensors = tensors.clone();
    this.tensorSizes = sizes(start.network(), tensors);
  }

  /** Root mean squares; of a tensor of zeros, such as a new bias, that of all. */
  private static double[] sizes(double[] network, int[] tensors) {
    double all = size(network, 0, network.length);
    double[] sizes = new double[tensors.length];
    int from = 0;
    for (int t = 0; t < tensors.length; t++) {
      double size = size(network, from, tensors[t]);
      sizes[t] = size > 0 ? size : all;
      from += tensors[t];
    }
    return sizes;
  }

  private static double size(double[] values, int from, int length) {
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      squares += values[i] * values[i];
    }
    return Math.sqrt(squares / Math.max(1, length));
  }

  private double rate(Part part) {
    return switch (part) {
      case ALPHA -> recipe.alphaRate();
      case EXPONENTS -> recipe.exponentRate();
      case SHIFT, PROJECTION -> recipe.projectionRate();
      case NETWORK -> recipe.networkRate();
    };
  }

  /**
   * One step.
   *
   * @param step its number, from 1
   * @param first running means of gradients (Adam), or the velocity
   * @param second running means of their squares
   * @param factor that learning rates are multiplied by
   */
  void step(
      Parameters values,
      Parameters by,
      Parameters first,
      Parameters second,
      long step,
      double factor) {
    for (Part part : Part.values()) {
      if (rate(part) > 0) {
        Step one =
            new Step(
                values.of(part),
                by.of(part),
                first.of(part),
                second.of(part),
                rate(part) * factor,
                // An exponent of 0 means nothing; cirtorch has no decay for them either.
                part == Part.EXPONENTS ? 0 : recipe.decay(),
                step);
        step(part, one);
      }
    }
    double[] alpha = values.alpha();
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.max(0, alpha[i]); // A region cannot count against itself.
    }
    double[] exponents = values.exponents();
    for (int i = 0; i < exponents.length; i++) {
      exponents[i] = Math.min(Math.max(1, exponents[i]), GemAggregator.MOST_P);
    }
  }

  private void step(Part part, Step step) {
    switch (part) {
      case ALPHA -> step(step, 0, step.values.length, alphaSize);
      case EXPONENTS -> step(step, 0, step.values.length, exponentSize);
      case SHIFT -> step(step, 0, step.values.length, shiftSize);
      case PROJECTION -> step(step, 0, step.values.length, projectionSize);
      case NETWORK -> {
        int from = 0;
        for (int t = 0; t < tensors.length; t++) {
          step(step, from, tensors[t], tensorSizes[t]);
          from += tensors[t];
        }
      }
    }
  }

  /** What a step changes, and by what. */
  @SuppressWarnings("ArrayRecordComponent") // Changed in place, never compared.
  private record Step(
      double[] values,
      double[] by,
      double[] first,
      double[] second,
      double rate,
      double decay,
      long number) {}

  private void step(Step step, int from, int length, double size) {
    double correct1 = 1 - StrictMath.pow(BETA1, (double) step.number);
    double correct2 = 1 - StrictMath.pow(BETA2, (double) step.number);
    for (int i = from; i < from + length; i++) {
      double gradient = step.by[i] * size + step.decay * step.values[i] / size;
      if (method == Method.SGD) {
        step.first[i] = recipe.momentum() * step.first[i] + gradient;
        step.values[i] -= size * step.rate * step.first[i];
      } else {
        step.first[i] = BETA1 * step.first[i] + (1 - BETA1) * gradient;
        step.second[i] = BETA2 * step.second[i] + (1 - BETA2) * gradient * gradient;
        double scale = Math.sqrt(step.second[i] / correct2) + EPSILON;
        step.values[i] -= size * step.rate * (step.first[i] / correct1) / scale;
      }
    }
  }
}
