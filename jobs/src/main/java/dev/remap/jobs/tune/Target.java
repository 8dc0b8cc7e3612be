package dev.remap.jobs.tune;

import dev.remap.jobs.store.Plain;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is wanted of a search. */
public sealed interface Target {
  /** The cheapest of the points that have what is wanted. */
  Optional<OperatingPoint> best(List<OperatingPoint> points);

  /** As the result names it. */
  String text();

  /** At least that share of the exactly nearest, from 0 to 1. */
  record Recall(double least) implements Target {
    @Override
    public Optional<OperatingPoint> best(List<OperatingPoint> points) {
      return points.stream()
          .filter(point -> point.recall() >= least)
          .min(
              Comparator.comparingInt(OperatingPoint::nprobe)
                  .thenComparingInt(OperatingPoint::depth));
    }

    @Override
    public String text() {
      return Plain.format("a recall of %.3f", least);
    }
  }

  /** At most so many milliseconds of one core for a query. */
  record Millis(double most) implements Target {
    @Override
    public Optional<OperatingPoint> best(List<OperatingPoint> points) {
      return points.stream()
          .filter(point -> point.millis() <= most)
          .max(
              Comparator.comparingDouble(OperatingPoint::recall)
                  .thenComparing(Comparator.comparingInt(OperatingPoint::nprobe).reversed()));
    }

    @Override
    public String text() {
      return "at most " + BigDecimal.valueOf(most).stripTrailingZeros().toPlainString() + " ms";
    }
  }
}
