package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.PairMoments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.table.Descriptors;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** Fits a whitening: sums the stored moments in many tasks, and solves in one. */
final class WhiteningFit {
  private WhiteningFit() {}

  /** What the one task does with the sums. */
  @FunctionalInterface
  private interface Solving extends Serializable {
    byte[] solve(MomentSums sums);
  }

  /** The fitted whitening's bytes. */
  static byte[] run(JobContext context, Descriptors descriptors, WhiteningOptions options) {
    long described = descriptors.rows(context);
    if (described < 2) {
      throw new InputException(
          "%d images are described: a whitening needs at least 2, and serves a search from about"
              + " 100",
          described);
    }
    return solved(context, descriptors, sums -> fit(sums, options));
  }

  /** The bytes of one that is learned from pairs of these descriptors. */
  static byte[] learn(
      JobContext context,
      Descriptors descriptors,
      PairMoments.Sums pairs,
      WhiteningOptions options) {
    int dimension = descriptors.dimension();
    Broadcast<PairMoments.Sums> given = context.spark().broadcast(pairs);
    try {
      return solved(
          context,
          descriptors,
          sums -> {
            PairMoments all = new PairMoments(dimension);
            all.add(given.value());
            return made(solver -> Whitening.learn(sums.moments(), all, options, solver));
          });
    } finally {
      given.destroy();
    }
  }

  /** On an executor, which has room for natives. */
  private static byte[] solved(JobContext context, Descriptors descriptors, Solving solving) {
    MomentSource moments = MomentSource.of(context.store(), descriptors);
    Broadcast<MomentSums> sums =
        context.spark().broadcast(moments.sum(context, MomentSource.BLOCK_BYTES));
    try {
      return new UnitRunner(context, "whitening")
          .run(List.of(solving), 1, (chosen, task) -> chosen.solve(sums.value()))
          .get(0);
    } finally {
      sums.destroy();
    }
  }

  static byte[] fit(MomentSums sums, WhiteningOptions options) {
    return made(solver -> Whitening.fit(sums.moments(), options, solver));
  }

  private static byte[] made(Function<TorchEigenSolver, Whitening> making) {
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return making.apply(solver).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }
}
