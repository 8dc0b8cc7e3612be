package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.table.Descriptors;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** Fits a whitening: sums the stored moments in many tasks, and solves in one. */
final class WhiteningFit {
  private WhiteningFit() {}

  /** The fitted whitening's bytes. */
  static byte[] run(JobContext context, Descriptors descriptors, WhiteningOptions options) {
    long described = descriptors.rows(context);
    if (described < 2) {
      throw new InputException(
          "%d images are described: a whitening needs at least 2, and serves a search from about"
              + " 100",
          described);
    }
    StoredMoments stored = StoredMoments.of(context.store(), descriptors);
    Broadcast<StoredMoments.Sums> sums =
        context.spark().broadcast(stored.sum(context, StoredMoments.BLOCK_BYTES));
    try {
      // On an executor, which has room for natives.
      return new UnitRunner(context, "whitening")
          .run(List.of(options), 1, (chosen, task) -> fit(sums.value(), chosen))
          .get(0);
    } finally {
      sums.destroy();
    }
  }

  static byte[] fit(StoredMoments.Sums sums, WhiteningOptions options) {
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return Whitening.fit(sums.moments(), options, solver).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }
}
