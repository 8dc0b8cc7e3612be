package dev.remap.jobs.report;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.tune.KeptCurve;
import dev.remap.jobs.tune.OperatingPoint;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What tune has measured last of an index: recall against nprobe. */
final class CurvePart {
  /** Half of a 95 % interval, in standard errors. */
  private static final double NORMAL = 1.96;

  private CurvePart() {}

  /** The part's model; empty where no run has left a curve. */
  static Optional<Map<String, Object>> of(JobContext context, String index) {
    return KeptCurve.newest(
            context.store(),
            index,
            why -> context.console().say("  a curve of tune is left out: %s", why))
        .map(CurvePart::model);
  }

  private static Map<String, Object> model(KeptCurve.Measured measured) {
    KeptCurve curve = measured.curve();
    Map<String, Object> model = new HashMap<>();
    model.put(
        "said",
        Plain.format(
            "Measured by tune, %s, on generation %d: %,d queries (%s), each for its %d nearest, against exact search.",
            measured.at().truncatedTo(ChronoUnit.SECONDS),
            curve.generation(),
            curve.compared(),
            curve.queries(),
            curve.k()));
    List<LineChart> charts = new ArrayList<>(List.of(chart(curve, curve.k())));
    int deepest = curve.points().stream().mapToInt(OperatingPoint::depth).max().orElse(0);
    if (deepest > curve.k()) {
      charts.add(chart(curve, deepest));
    }
    model.put("charts", charts);
    return model;
  }

  private static LineChart chart(KeptCurve curve, int depth) {
    // Of a graph over the centroids that was searched more and less widely, the best.
    TreeMap<Integer, OperatingPoint> best = new TreeMap<>();
    curve.points().stream()
        .filter(point -> point.depth() == depth)
        .forEach(
            point ->
                best.merge(
                    point.probing().nprobe(),
                    point,
                    (one, other) -> other.recall() > one.recall() ? other : one));
    List<LineChart.Point> points =
        best.values().stream()
            .map(
                point ->
                    new LineChart.Point(
                        point.probing().toString(), point.recall(), precision(point)))
            .toList();
    return LineChart.of(
        Plain.format(
            "recall@%d against nprobe, %s",
            curve.k(),
            depth > curve.k()
                ? Plain.format("the %,d best ranked again by their stored vectors", depth)
                : "without re-ranking"),
        points);
  }

  private static String precision(OperatingPoint point) {
    return Plain.format(
        " ± %.3f, %.3f ms of one core for the search", NORMAL * point.error(), point.millis());
  }
}
