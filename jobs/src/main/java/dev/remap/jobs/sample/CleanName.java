package dev.remap.jobs.sample;

import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.GraphName;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tables of cleaned labels are one: those of the same labels, looked at in the same way in
 * the graphs of one table.
 *
 * @param threshold the least score of images that match, as a plain decimal number
 * @param labels the beginning of their digest
 */
public record CleanName(GraphName graph, String threshold, String labels) {
  private static final int DIGITS = 16;
  private static final Pattern ID =
      GraphName.pattern("score(-?[0-9.]+)-labels([0-9a-f]{" + DIGITS + "})");

  /** The name of what is found with that threshold. */
  public static CleanName of(GraphName graph, double threshold, String digest) {
    String plain = BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    return new CleanName(graph, plain, digest.substring(0, DIGITS));
  }

  /** The name that is the id of a table. */
  public static CleanName parse(String id) {
    Matcher matcher = GraphName.match(ID, id, "no table of cleaned labels");
    return new CleanName(GraphName.parse(matcher.group(1)), matcher.group(2), matcher.group(3));
  }

  /** The layer of a generation's. */
  public LayerId layer(int generation) {
    String how = "-score" + threshold + "-labels" + labels;
    return graph.over(TableKind.CLEANED, how).layer(generation);
  }
}
