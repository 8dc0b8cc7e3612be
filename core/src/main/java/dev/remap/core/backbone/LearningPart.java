package dev.remap.core.backbone;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which parameters of a network learn.
 *
 * @param text {@value #ALL}; the number of the last layers; or a regular expression that a
 *     parameter's name begins with
 */
public record LearningPart(String text) {
  public static final String ALL = "all";

  /**
   * A parameter.
   *
   * @param name its place among the network's modules
   * @param dimensions of the tensor: one of two or more begins a layer, and what follows it, such
   *     as its bias, is of the same
   */
  public record Named(String name, int dimensions) {}

  /**
   * @throws IllegalArgumentException if it is no number, no word and no regular expression
   */
  public LearningPart {
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is no regular expression: %s".formatted(text, e.getDescription()), e);
    }
    if (text.isBlank() || text.matches("0+")) {
      throw new IllegalArgumentException("'%s' chooses no layer".formatted(text));
    }
  }

  /**
   * Whether each of a network's parameters learns.
   *
   * @throws IllegalArgumentException if none does
   */
  List<Boolean> of(List<Named> parameters) {
    List<Boolean> chosen = text.matches("\\d{1,9}") ? last(parameters) : named(parameters);
    if (!chosen.contains(true)) {
      throw new IllegalArgumentException(
          "'%s' is how the name of no parameter begins: there are %d, from '%s' to '%s'"
              .formatted(
                  text,
                  parameters.size(),
                  parameters.get(0).name(),
                  parameters.get(parameters.size() - 1).name()));
    }
    return chosen;
  }

  private List<Boolean> last(List<Named> parameters) {
    int layers = 0;
    List<Integer> numbers = new ArrayList<>();
    for (Named parameter : parameters) {
      layers += parameter.dimensions() > 1 ? 1 : 0;
      numbers.add(layers);
    }
    int before = layers - Integer.parseInt(text);
    return numbers.stream().map(number -> number > before).toList();
  }

  private List<Boolean> named(List<Named> parameters) {
    Pattern pattern = Pattern.compile(text.equals(ALL) ? "" : text);
    return parameters.stream().map(it -> pattern.matcher(it.name()).lookingAt()).toList();
  }
}
