package dev.remap.jobs.job;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.job.RunHistory.Run;
import java.util.List;

/**
 * How long a stage takes: some seconds whatever it does, and some for each image, which tasks at
 * the same time share.
 *
 * @param runs how many were measured; 0 if these are the assumptions of {@link PlanStage}
 */
record StageSpeed(double fixedSeconds, double secondsEach, int runs) {
  private static final int NEWEST = 32;
  private static final int TRAINING_ROUNDS = 10;

  /** Products and sums of one core with AVX-512, of which our kernels were seen to do 7·10¹⁰. */
  private static final double PRODUCTS_A_SECOND = 5e10;

  /** A run as a point: images of one task, and seconds. */
  private record Point(double images, double seconds) {}

  /**
   * Fitted to the newest runs of a stage by least squares of the relative error, both terms at
   * least 0.
   */
  static StageSpeed of(PlanStage stage, List<Run> runs) {
    List<Point> points =
        runs.stream()
            .filter(run -> run.is(stage.job()) && run.succeeded() && stage.images(run) > 0)
            .map(
                run -> {
                  long slots = run.count(JobContext.SLOTS);
                  return new Point(
                      (double) stage.images(run) / stage.tasks(slots, slots),
                      Math.max(1, run.milliseconds()) / 1000.0);
                })
            .toList();
    if (points.isEmpty()) {
      return new StageSpeed(stage.fixedSeconds(), stage.secondsEach(), 0);
    }
    return fit(stage, points.subList(Math.max(0, points.size() - NEWEST), points.size()));
  }

  /**
   * Of a training: every round compares every vector with every centroid. Never learnt from runs,
   * which may have had other lists.
   */
  static StageSpeed ofTraining(IndexSpec spec, int dimension) {
    double products = (double) TRAINING_ROUNDS * spec.lists() * dimension;
    return new StageSpeed(PlanStage.QUANTIZE.fixedSeconds(), products / PRODUCTS_A_SECOND, 0);
  }

  private static StageSpeed fit(PlanStage stage, List<Point> points) {
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
    double determinant = w * wxx - wx * wx;
    double each = (w * wxt - wx * wt) / determinant;
    double fixed = (wt - each * wx) / w;
    // Runs of one size cannot tell the two apart, nor can those where the larger was the faster.
    if (!(determinant > 1e-6 * w * wxx) || each < 0) {
      fixed = Math.min(stage.fixedSeconds(), wt / w / 2);
      each = (wt / w - fixed) / (wx / w);
    } else if (fixed < 0) {
      fixed = 0;
      each = wxt / wxx;
    }
    return new StageSpeed(fixed, each, points.size());
  }

  /**
   * Seconds for that many images.
   *
   * @param tasks that run at the same time
   */
  double seconds(long images, long tasks) {
    return fixedSeconds + secondsEach * images / Math.max(1, tasks);
  }
}
