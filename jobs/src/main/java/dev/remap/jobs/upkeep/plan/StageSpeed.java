package dev.remap.jobs.upkeep.plan;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory.Run;
import java.util.List;

/**
 * How long a stage takes: some seconds whatever it does, and some for each image, which tasks at
 * the same time share.
 *
 * @param runs how many were measured; 0 if these are the assumptions of {@link PlanStage}
 */
record StageSpeed(double fixedSeconds, double secondsEach, int runs) {
  private static final int NEWEST = 32;

  /** So many times the smallest run the largest must be. */
  private static final double SPREAD = 4;

  private static final int TRAINING_ROUNDS = 10;

  /** Products and sums of one core with AVX-512, of which our kernels were seen to do 7·10¹⁰. */
  private static final double PRODUCTS_A_SECOND = 5e10;

  /** A run as a point: images of one task, and seconds. */
  private record Point(double images, double seconds) {}

  /**
   * Fitted to the newest runs of a stage by least squares of the relative error. Runs of about one
   * size cannot tell the two terms apart: they only say by how much the assumptions are wrong.
   */
  static StageSpeed of(PlanStage stage, List<Run> runs) {
    List<Point> points =
        runs.stream()
            .filter(run -> run.is(stage.job()) && run.succeeded() && stage.images(run) > 0)
            .map(
                run -> {
                  long slots = run.count(JobContext.SLOTS);
                  return new Point(
                      (double) stage.images(run) / stage.busy(slots, slots),
                      Math.max(1, run.milliseconds()) / 1000.0);
                })
            .toList();
    if (points.isEmpty()) {
      return stage.assumed();
    }
    points = points.subList(Math.max(0, points.size() - NEWEST), points.size());
    double least = points.stream().mapToDouble(Point::images).min().orElseThrow();
    double most = points.stream().mapToDouble(Point::images).max().orElseThrow();
    StageSpeed scaled = stage.assumed().scaled(points);
    return most < SPREAD * least ? scaled : free(points, scaled);
  }

  /**
   * Of a training: every round compares every vector with every centroid. Never learnt from runs,
   * which may have had other lists.
   */
  static StageSpeed ofTraining(IndexSpec spec, int dimension) {
    double products = (double) TRAINING_ROUNDS * spec.lists() * dimension;
    return new StageSpeed(
        PlanStage.QUANTIZE.assumed().fixedSeconds, products / PRODUCTS_A_SECOND, 0);
  }

  private StageSpeed scaled(List<Point> points) {
    double product = 0;
    double square = 0;
    for (Point point : points) {
      double ratio = seconds(point.images, 1) / point.seconds;
      product += ratio;
      square += ratio * ratio;
    }
    double factor = product / square;
    return new StageSpeed(factor * fixedSeconds, factor * secondsEach, points.size());
  }

  private static StageSpeed free(List<Point> points, StageSpeed otherwise) {
    double w = 0;
    double wx = 0;
    double wxx = 0;
    double wt = 0;
    double wxt = 0;
    for (Point point : points) {
      double weight = 1 / (point.seconds * point.seconds);
      w += weight;
      wx += weight * point.images;
      wxx += weight * point.images * point.images;
      wt += weight * point.seconds;
      wxt += weight * point.images * point.seconds;
    }
    double each = (w * wxt - wx * wt) / (w * wxx - wx * wx);
    double fixed = (wt - each * wx) / w;
    if (!(each >= 0)) {
      // The larger ones were the faster: something else decided.
      return otherwise;
    }
    return fixed >= 0
        ? new StageSpeed(fixed, each, points.size())
        : new StageSpeed(0, wxt / wxx, points.size());
  }

  /** This speed, with more seconds that do not depend on the images. */
  StageSpeed later(double seconds) {
    return new StageSpeed(fixedSeconds + seconds, secondsEach, runs);
  }

  /**
   * Seconds for that many images.
   *
   * @param tasks that run at the same time
   */
  double seconds(double images, double tasks) {
    return fixedSeconds + secondsEach * images / Math.max(1, tasks);
  }
}
