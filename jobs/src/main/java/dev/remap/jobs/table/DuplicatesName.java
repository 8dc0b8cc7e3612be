package dev.remap.jobs.table;

import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tables of duplicates are one: those found in the graphs of one table, in the same way.
 *
 * @param threshold the least score of near copies, as a plain decimal number
 * @param keep which one of a group is kept
 */
public record DuplicatesName(GraphName graph, String threshold, String keep) {
  private static final Pattern ID =
      Pattern.compile("(.+-depth\\d+)-score([0-9.]+)-([a-z]+(-[a-z]+)?)");

  /** The name of what is found with that threshold. */
  public static DuplicatesName of(GraphName graph, double threshold, String keep) {
    String plain = BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    return new DuplicatesName(graph, plain, keep);
  }

  /** The name that is the id of a table. */
  public static DuplicatesName parse(String id) {
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + id + "' is the id of no table of duplicates");
    }
    return new DuplicatesName(
        GraphName.parse(matcher.group(1)), matcher.group(2), matcher.group(3));
  }

  /** The layer of a generation's. */
  public LayerId layer(int generation) {
    String id = graph.id() + "-score" + threshold + "-" + keep;
    return GraphName.checked(TableKind.DUPLICATES, id, graph.index()).layer(generation);
  }
}
