package dev.remap.jobs.rerank;

import dev.remap.core.rerank.RerankChain;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.core.rerank.RerankStep;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.GraphName;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tables of what is prepared for searches are one: those made from the graphs of one table by
 * one method.
 *
 * @param step dba or diffusion; what only queries look at is of no account
 */
public record PreparedName(GraphName graph, RerankStep step) {
  private static final Pattern ID = GraphName.pattern("(dba|diffusion)((?:-[a-z]+[0-9.]+)+)");

  private static final Pattern PARAMETER = Pattern.compile("-([a-z]+)([0-9.]+)");

  /** How many of the best a query diffuses from, which the rows do not depend on. */
  private static final String OF_QUERIES = "kq";

  /** The name that is the id of a table; nothing if it is that of none. */
  public static Optional<PreparedName> find(String id) {
    try {
      return Optional.of(parse(id));
    } catch (IllegalArgumentException stray) {
      return Optional.empty();
    }
  }

  /** The name that is the id of a table. */
  public static PreparedName parse(String id) {
    Matcher matcher = GraphName.match(ID, id, "nothing that was prepared");
    String parameters =
        PARAMETER
            .matcher(matcher.group(3))
            .results()
            .map(found -> found.group(1) + "=" + found.group(2))
            .collect(Collectors.joining(","));
    return new PreparedName(
        GraphName.parse(matcher.group(1)),
        RerankChain.parse(matcher.group(2) + ":" + parameters).steps().get(0));
  }

  /** The method as {@code --rerank} takes it, with every parameter that counts. */
  public String method() {
    return step.values().entrySet().stream()
        .filter(value -> !value.getKey().equals(OF_QUERIES))
        .map(value -> value.getKey() + "=" + plain(value))
        .collect(Collectors.joining(",", step.method().label() + ":", ""));
  }

  private static String plain(Map.Entry<String, Double> value) {
    return BigDecimal.valueOf(value.getValue()).stripTrailingZeros().toPlainString();
  }

  /** What kind of a table. */
  public TableKind kind() {
    return step.method() == RerankMethod.DBA ? TableKind.AUGMENTED : TableKind.FLOWS;
  }

  private String how() {
    return "-" + method().replace(':', '-').replace(',', '-').replace("=", "");
  }

  /** Whether a folder may be called so; nothing can be prepared if not. */
  boolean isPossible() {
    return graph.isPossible(how());
  }

  /**
   * The layer of a generation's.
   *
   * @throws dev.remap.jobs.config.InputException if no folder may be called so
   */
  public LayerId layer(int generation) {
    return graph.over(kind(), how()).layer(generation);
  }
}
