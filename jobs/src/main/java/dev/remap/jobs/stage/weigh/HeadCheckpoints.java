package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.HeadTraining;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Checkpoints;
import java.util.Optional;

/** Where the training of a head was after each epoch. */
final class HeadCheckpoints {
  private static final Checkpoints.Kind KIND =
      new Checkpoints.Kind("head-", "%s-%05d", "head.bin", "epochs", "epoch is made", "head");

  private static final int KEPT = 2;

  private final JobContext context;
  private final Checkpoints checkpoints;

  /**
   * Those of a training.
   *
   * @param inputs all that its head depends on
   */
  HeadCheckpoints(JobContext context, Inputs inputs) {
    this.context = context;
    this.checkpoints = new Checkpoints(context, inputs, KIND, KillPoint::reach);
  }

  /** Goes on where the newest whole one is, and says so. */
  void resume(HeadTraining training) {
    checkpoints
        .newest(manifest -> Optional.of(state(manifest, training)))
        .ifPresent(there -> context.console().say("  going on after epoch %,d", there.epochs()));
  }

  private HeadTraining state(ArtifactManifest manifest, HeadTraining training) {
    training.resume(context.store().readVerified(manifest.file(KIND.file())));
    return training;
  }

  /** Adds one. It has the best epoch, too, so of those before one stays, should it be damaged. */
  void add(HeadTraining training) {
    checkpoints.add(training.epochs(), ByteSource.of(training.state()));
    checkpoints.keep(KEPT);
  }
}
