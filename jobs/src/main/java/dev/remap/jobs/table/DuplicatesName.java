package dev.remap.jobs.table;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tables of duplicates are one: those found in the graphs of one table, in the same way.
 *
 * @param metric of the vectors
 * @param threshold the least score of near copies, by L2 their largest distance, as a plain decimal
 *     number
 * @param keep which one of a group is kept
 */
public record DuplicatesName(GraphName graph, Metric metric, String threshold, String keep) {
  private static final Pattern ID =
      GraphName.pattern("(score|distance)([0-9.]+)-([a-z]+(-[a-z]+)?)");

  /** The name of what is found with that threshold. */
  public static DuplicatesName of(GraphName graph, Metric metric, double threshold, String keep) {
    String plain = BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    return new DuplicatesName(graph, metric, plain, keep);
  }

  /** The name that is the id of a table. */
  public static DuplicatesName parse(String id) {
    Matcher matcher = GraphName.match(ID, id, "no table of duplicates");
    return new DuplicatesName(
        GraphName.parse(matcher.group(1)),
        matcher.group(2).equals(Metric.L2.measure()) ? Metric.L2 : Metric.COSINE,
        matcher.group(3),
        matcher.group(4));
  }

  /** What the command calls the threshold. */
  public String option() {
    return metric == Metric.COSINE ? "--threshold" : "--distance";
  }

  /** The threshold in words. */
  public String bound() {
    return "a %s of %s or %s"
        .formatted(metric.measure(), threshold, metric == Metric.COSINE ? "more" : "less");
  }

  /** The layer of a generation's. */
  public LayerId layer(int generation) {
    String how = "-" + metric.measure() + threshold + "-" + keep;
    return graph.over(TableKind.DUPLICATES, how).layer(generation);
  }
}
