package dev.remap.core.rerank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What follows a search, one method after the other; nothing, if it is empty. An expanded query
 * searches again, and the methods behind it have the query that it became.
 */
public record RerankChain(List<RerankStep> steps) implements Serializable {
  /** The search alone. */
  public static final RerankChain NONE = new RerankChain(List.of());

  public RerankChain {
    steps = new ArrayList<>(steps);
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i).method() == RerankMethod.DBA) {
        throw new IllegalArgumentException("dba changes what is searched: it comes first");
      }
    }
    if (steps.size() > 1
        && steps.get(0).method() == RerankMethod.DBA
        && steps.stream().anyMatch(step -> step.method() == RerankMethod.DIFFUSION)) {
      throw new IllegalArgumentException(
          "diffusion walks a graph of stored vectors, which dba changes: leave out one of them");
    }
  }

  /**
   * Reads methods with {@code +} between them, such as {@code dba:k=20+aqe:k=10}.
   *
   * @throws IllegalArgumentException saying which word is wrong, and what may stand there
   */
  public static RerankChain parse(String text) {
    return text.isBlank()
        ? NONE
        : new RerankChain(Arrays.stream(text.split("\\+", -1)).map(RerankStep::parse).toList());
  }

  /** The same behind a ranking of so many by their stored vectors. */
  public RerankChain afterExact(int n) {
    List<RerankStep> all = new ArrayList<>(parse("exact:n=" + n).steps);
    all.addAll(steps);
    return new RerankChain(all);
  }

  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Whether augmented vectors are searched rather than an index. */
  public boolean isAugmented() {
    return !isEmpty() && steps.get(0).method() == RerankMethod.DBA;
  }

  /** How deep its searches have to be, at the least. */
  public int depth() {
    return steps.stream().mapToInt(RerankStep::depth).max().orElse(0);
  }

  /** How many neighbours it wants of every image of the k-NN graph; 0 if it needs no graph. */
  public int neighbours() {
    return steps.stream().mapToInt(RerankStep::neighbours).max().orElse(0);
  }

  /** With every parameter; parses to the same. */
  @Override
  public String toString() {
    return steps.stream().map(RerankStep::toString).collect(Collectors.joining("+"));
  }
}
