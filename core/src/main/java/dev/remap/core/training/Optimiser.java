package dev.remap.core.training;

import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
  private final Map<Part, double[]> sizes = new EnumMap<>(Part.class);
  private final int[] tensors;

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
    this.tensors = tensors.clone();
    for (Part part : List.of(Part.ALPHA, Part.EXPONENTS)) {
      put(part, Arrays.stream(start.of(part)).average().orElse(1));
    }
    putProjection(start, Part.SHIFT, Part.PROJECTION);
    putProjection(start, Part.REGION_SHIFT, Part.REGION_PROJECTION);
    putAttention(start);
    sizes.put(Part.NETWORK, sizes(start.of(Part.NETWORK), tensors));
  }

  private void put(Part part, double size) {
    sizes.put(part, new double[] {size});
  }

  private void putProjection(Parameters start, Part shift, Part projection) {
    double[] rows = start.of(projection);
    double squares = Vectors.dot(rows, rows);
    double size = Math.sqrt(squares / Math.max(1, rows.length));
    put(projection, size);
    // What is projected varies by about 1 in each direction, and a row has D numbers.
    put(shift, squares == 0 ? 1 : 1 / (size * start.of(shift).length));
  }

  /** The layers' weights and biases are tensors like those of a network. */
  private void putAttention(Parameters start) {
    List<Part> parts = List.of(Part.HIDDEN, Part.HIDDEN_BIAS, Part.OUTPUT, Part.OUTPUT_BIAS);
    double[] all = parts.stream().flatMapToDouble(it -> Arrays.stream(start.of(it))).toArray();
    int[] lengths = parts.stream().mapToInt(part -> start.of(part).length).toArray();
    double[] each = sizes(all, lengths);
    for (int i = 0; i < each.length; i++) {
      put(parts.get(i), each[i]);
    }
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
      double rate = recipe.rate(part.learnable());
      if (rate > 0) {
        Step one =
            new Step(
                values.of(part),
                by.of(part),
                first.of(part),
                second.of(part),
                rate * factor,
                // An exponent of 0 means nothing; cirtorch has no decay for them either.
                part == Part.EXPONENTS ? 0 : recipe.decay(),
                step);
        step(one, part == Part.NETWORK ? tensors : new int[] {one.values.length}, sizes.get(part));
      }
    }
    double[] alpha = values.of(Part.ALPHA);
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.max(0, alpha[i]); // A region cannot count against itself.
    }
    double[] exponents = values.of(Part.EXPONENTS);
    for (int i = 0; i < exponents.length; i++) {
      exponents[i] = Math.min(Math.max(1, exponents[i]), GemAggregator.MOST_P);
    }
  }

  private void step(Step step, int[] lengths, double[] each) {
    int from = 0;
    for (int t = 0; t < lengths.length; t++) {
      step(step, from, lengths[t], each[t]);
      from += lengths[t];
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
