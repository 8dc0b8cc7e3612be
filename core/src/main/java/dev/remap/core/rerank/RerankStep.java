package dev.remap.core.rerank;

import dev.remap.core.rerank.RerankMethod.Parameter;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A method with a value for each of its parameters.
 *
 * @param values by name, in the method's order
 */
public record RerankStep(RerankMethod method, LinkedHashMap<String, Double> values)
    implements Serializable {

  static RerankStep of(RerankMethod method, Map<String, String> given) {
    LinkedHashMap<String, Double> values = new LinkedHashMap<>();
    for (Parameter parameter : method.parameters()) {
      String text = given.get(parameter.name());
      values.put(parameter.name(), text == null ? parameter.usual() : parameter.read(text));
    }
    return new RerankStep(method, values);
  }

  /** Reads {@code name} or {@code name:parameter=value,…}. */
  static RerankStep parse(String text) {
    String[] parts = text.split(":", 2);
    RerankMethod method = RerankMethod.of(parts[0].strip());
    Map<String, String> given = new LinkedHashMap<>();
    for (String pair : parts.length == 1 ? new String[0] : parts[1].split(",", -1)) {
      String[] sides = pair.split("=", 2);
      String name = sides[0].strip();
      if (method.parameters().stream().noneMatch(parameter -> parameter.name().equals(name))) {
        throw new IllegalArgumentException(
            "%s has no parameter '%s'; as it is by default: %s"
                .formatted(method.label(), name, method.usual()));
      }
      if (given.put(name, sides.length == 1 ? "" : sides[1].strip()) != null) {
        throw new IllegalArgumentException("%s has %s twice".formatted(method.label(), name));
      }
    }
    try {
      return of(method, given);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(method.label() + ": " + e.getMessage(), e);
    }
  }

  /** A whole parameter. */
  public int whole(String name) {
    return (int) number(name);
  }

  /** A parameter. */
  public double number(String name) {
    return values.get(name);
  }

  /** Whether it orders so many of the best anew, and leaves the others as they are. */
  public boolean ordersBest() {
    return switch (method) {
      case EXACT, K_RECIPROCAL, SUPER_GLOBAL, HEAT -> true;
      default -> false;
    };
  }

  /** How many of the best it looks at. */
  public int depth() {
    return switch (method) {
      case EXACT, K_RECIPROCAL, SUPER_GLOBAL, HEAT -> whole("n");
      case AQE, ALPHA_QE -> whole("k");
      case DIFFUSION -> whole("kq");
      case DBA -> 1;
    };
  }

  /** How many neighbours it wants of every image of the k-NN graph; 0 if it needs no graph. */
  public int neighbours() {
    return switch (method) {
      case DBA -> whole("k");
      case DIFFUSION -> Math.max(whole("kd"), whole("n")) - 1;
      default -> 0;
    };
  }

  /** With every parameter; parses to the same. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(value -> value.getKey() + "=" + RerankMethod.text(value.getValue()))
        .collect(Collectors.joining(",", method.label() + ":", ""));
  }
}
