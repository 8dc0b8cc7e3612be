package dev.remap.jobs.tune;

import dev.remap.jobs.store.Plain;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

/** What is wanted of a search. */
public sealed interface Target {
  /** Whether a point has what is wanted. */
  boolean isMet(OperatingPoint point);

  /** The cheapest of the points that have what is wanted; the nearest to it where none has. */
  OperatingPoint best(List<OperatingPoint> points);

  /** As the result names it. */
  String text();

  /** At least that share of the exactly nearest, from 0 to 1. */
  record Recall(double least) implements Target {
    /** More lists take longer, whatever the clock says; of a graph only the clock can tell. */
    private static final Comparator<OperatingPoint> CHEAPEST =
        Comparator.<OperatingPoint>comparingDouble(
                point -> point.probing().efSearch() > 0 ? point.millis() : 0)
            .thenComparingInt(point -> point.probing().nprobe())
            .thenComparingInt(OperatingPoint::depth);

    @Override
    public boolean isMet(OperatingPoint point) {
      return point.recall() >= least;
    }

    @Override
    public OperatingPoint best(List<OperatingPoint> points) {
      return points.stream()
          .filter(this::isMet)
          .min(CHEAPEST)
          .orElseGet(
              () ->
                  points.stream()
                      .max(
                          Comparator.comparingDouble(OperatingPoint::recall)
                              .thenComparing(CHEAPEST.reversed()))
                      .orElseThrow());
    }

    @Override
    public String text() {
      return Plain.format("recall of %.3f", least);
    }
  }

  /** At most so many milliseconds of one core for a query. */
  record Millis(double most) implements Target {
    @Override
    public boolean isMet(OperatingPoint point) {
      return point.millis() <= most;
    }

    @Override
    public OperatingPoint best(List<OperatingPoint> points) {
      return points.stream()
          .filter(this::isMet)
          .max(
              Comparator.comparingDouble(OperatingPoint::recall)
                  .thenComparing(
                      Comparator.<OperatingPoint>comparingInt(point -> point.probing().nprobe())
                          .reversed()))
          .orElseGet(
              () ->
                  points.stream()
                      .min(Comparator.comparingDouble(OperatingPoint::millis))
                      .orElseThrow());
    }

    @Override
    public String text() {
      return BigDecimal.valueOf(most).stripTrailingZeros().toPlainString() + " ms";
    }
  }
}
