package dev.remap.jobs.tune;

import dev.remap.jobs.run.JobContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The curve as a table, and what to take of it for a target.
 *
 * @param depths of which recall is told, ascending from how many are wanted of each query
 * @param points by lists, and then by depth
 */
record TuneReport(JobContext context, List<Integer> depths, List<OperatingPoint> points) {
  private static final double NORMAL = 1.96;

  void print(Target target) {
    int k = depths.get(0);
    List<List<String>> table = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("nprobe", "ms a query", "recall@" + k));
    depths.stream().skip(1).forEach(depth -> header.add(ranking(depth)));
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
    List<List<String>> answers = new ArrayList<>();
    answers.add(
        List.of("wanted", "met", "search.nprobe", "search.rerank", "recall@" + k, "ms a query"));
    answers.add(answer(target, at(k)));
    // What re-ranking takes is not measured.
    if (depths.size() > 1 && target instanceof Target.Recall) {
      answers.add(answer(target, points.stream().filter(point -> point.depth() > k).toList()));
    }
    context.console().table(answers);
  }

  private List<OperatingPoint> at(int depth) {
    return points.stream().filter(point -> point.depth() == depth).toList();
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

  private List<String> answer(Target target, List<OperatingPoint> ways) {
    OperatingPoint point = target.best(ways);
    return List.of(
        target.text(),
        target.isMet(point) ? "yes" : "no: this is nearest",
        Integer.toString(point.nprobe()),
        point.depth() > depths.get(0) ? ranking(point.depth()) : "none",
        decimals(point.recall()),
        decimals(point.millis()));
  }

  private static String ranking(int depth) {
    return "exact:n=" + depth;
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
