package dev.remap.core.training;

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
  private final double projectionSize;
  private final double shiftSize;

  /**
   * @param start tells how large the parts usually are
   */
  Optimiser(Recipe recipe, Parameters start) {
    this.recipe = recipe;
    this.method = Method.of(recipe.optimiser());
    this.alphaSize = Arrays.stream(start.alpha()).average().orElse(1);
    double squares = Vectors.dot(start.projection(), start.projection());
    this.projectionSize = Math.sqrt(squares / Math.max(1, start.projection().length));
    // Projected descriptors vary by about 1 in each direction, and a row has D numbers.
    this.shiftSize = squares == 0 ? 1 : 1 / (projectionSize * start.shift().length);
  }

  private double size(Part part) {
    return switch (part) {
      case ALPHA -> alphaSize;
      case SHIFT -> shiftSize;
      case PROJECTION -> projectionSize;
    };
  }

  private double rate(Part part) {
    return part == Part.ALPHA ? recipe.alphaRate() : recipe.projectionRate();
  }

  /**
   * One step.
   *
   * @param step its number, from 1
   * @param first running means of gradients (Adam), or the velocity
   * @param second running means of their squares
   */
  void step(Parameters values, Parameters by, Parameters first, Parameters second, long step) {
    for (Part part : Part.values()) {
      if (rate(part) > 0) {
        step(part, values.of(part), by.of(part), first.of(part), second.of(part), step);
      }
    }
    double[] alpha = values.alpha();
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.max(0, alpha[i]); // A region cannot count against itself.
    }
  }

  private void step(
      Part part, double[] values, double[] by, double[] first, double[] second, long step) {
    double size = size(part);
    double rate = rate(part);
    double correct1 = 1 - StrictMath.pow(BETA1, (double) step);
    double correct2 = 1 - StrictMath.pow(BETA2, (double) step);
    for (int i = 0; i < values.length; i++) {
      double gradient = by[i] * size + recipe.decay() * values[i] / size;
      if (method == Method.SGD) {
        first[i] = recipe.momentum() * first[i] + gradient;
        values[i] -= size * rate * first[i];
      } else {
        first[i] = BETA1 * first[i] + (1 - BETA1) * gradient;
        second[i] = BETA2 * second[i] + (1 - BETA2) * gradient * gradient;
        double scale = Math.sqrt(second[i] / correct2) + EPSILON;
        values[i] -= size * rate * (first[i] / correct1) / scale;
      }
    }
  }
}
