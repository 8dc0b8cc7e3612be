package dev.remap.jobs.tune;

import dev.remap.jobs.run.JobContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The curve as a table, and what it says about a target.
 *
 * @param k wanted of each query
 * @param depths ascending from {@code k}
 * @param points by lists, and then by depth
 */
record TuneReport(JobContext context, int k, List<Integer> depths, List<OperatingPoint> points) {
  private static final double NORMAL = 1.96;

  void print(Target target) {
    List<List<String>> table = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("nprobe", "ms a query", "recall@" + k));
    depths.stream().skip(1).forEach(depth -> header.add("exact:n=" + depth));
    header.add("±");
    table.add(header);
    for (int row = 0; row < points.size(); row += depths.size()) {
      table.add(line(points.subList(row, row + depths.size())));
    }
    context.console().table(table);
    context
        .console()
        .say(
            "  exact:n=N: recall@%d where the N nearest by their codes are ranked again by stored"
                + " vectors (search --rerank), which takes its own time; ±: half of the widest 95 %%"
                + " interval; ms of one core",
            k);
    say("the index alone", target, points.stream().filter(point -> point.depth() == k).toList());
    say("re-ranked", target, points.stream().filter(point -> point.depth() > k).toList());
  }

  private static List<String> line(List<OperatingPoint> points) {
    List<String> cells = new ArrayList<>();
    cells.add(Integer.toString(points.get(0).nprobe()));
    cells.add(decimals(points.get(0).millis()));
    points.forEach(point -> cells.add(decimals(point.recall())));
    double widest = points.stream().mapToDouble(OperatingPoint::error).max().orElseThrow();
    cells.add(decimals(NORMAL * widest));
    return cells;
  }

  private void say(String how, Target target, List<OperatingPoint> ways) {
    if (ways.isEmpty()) {
      return;
    }
    OperatingPoint most =
        ways.stream().max(Comparator.comparingDouble(OperatingPoint::recall)).orElseThrow();
    context
        .console()
        .say(
            "%s, %s",
            how,
            target
                .best(ways)
                .map(point -> target.text() + ": " + taken(point))
                .orElseGet(
                    () ->
                        target.text()
                            + " is not to be had: the most is "
                            + decimals(most.recall())
                            + ", the least time "
                            + decimals(points.get(0).millis())
                            + " ms"));
  }

  /** A point, and what it is had by. */
  private String taken(OperatingPoint point) {
    boolean isRanked = point.depth() > k;
    String way = "exact:n=" + point.depth();
    return String.format(
        Locale.ROOT,
        "recall %.3f in %.3f ms%s with --nprobe %d%s: search.nprobe = %d%s in remap.conf",
        point.recall(),
        point.millis(),
        isRanked ? " and the time of re-ranking" : "",
        point.nprobe(),
        isRanked ? " --rerank " + way : "",
        point.nprobe(),
        isRanked ? " and search.rerank = \"" + way + "\"" : "");
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
