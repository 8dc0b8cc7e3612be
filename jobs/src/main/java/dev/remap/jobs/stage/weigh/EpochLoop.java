package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.DivergedException;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.HeadTraining;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import java.util.Arrays;
import java.util.List;

/**
 * A training's epochs, one after the other: each ends with a checkpoint and a line that says how it
 * went.
 */
record EpochLoop(
    JobContext context,
    HeadCheckpoints checkpoints,
    TrainImages images,
    int epochs,
    boolean hasNetwork) {
  private static final int EXAMPLES = 3;
  private static final String LOWER =
      "Lower the learning rates of what is trained (train.alpha-rate, train.p-rate,"
          + " train.region-projection-rate, train.attention-rate, train.projection-rate,"
          + " train.network-rate)";

  /**
   * To the end, or to where it leaves the finite numbers: then what was best until there is kept.
   */
  void run(HeadTraining training) {
    checkpoints.resume(training);
    context.console().say("  start: held-out mAP %.4f", training.curve().get(0).map());
    while (!training.isOver()) {
      long begun = System.nanoTime();
      try {
        Epoch epoch = training.epoch(this::progress);
        checkpoints.add(training);
        say(epoch, training, (System.nanoTime() - begun) / 1e9);
      } catch (DivergedException e) {
        diverged(training, e);
        return;
      }
    }
  }

  /** Ten times an epoch at the most, where a network learns and batches take their time. */
  private void progress(int done, int batches, double loss) {
    int every = Math.max(1, batches / 10);
    if (hasNetwork && done % every == 0 && done < batches) {
      context.console().say("    batch %,d of %,d: loss %.5f", done, batches, loss);
    }
  }

  private void say(Epoch epoch, HeadTraining training, double seconds) {
    context
        .console()
        .say(
            "  epoch %d of %d: loss %.5f, held-out mAP %.4f (best %.4f in %d), %s, at most %s left",
            epoch.number(),
            epochs,
            epoch.loss(),
            epoch.map(),
            training.curve().get(training.bestEpoch()).map(),
            training.bestEpoch(),
            Console.seconds(seconds),
            Console.seconds(seconds * (epochs - epoch.number())));
  }

  private void diverged(HeadTraining training, DivergedException e) {
    List<String> batch = images.ids(Arrays.stream(e.images()).limit(EXAMPLES).toArray());
    if (training.epochs() == 0) {
      throw new JobFailedException(
          "Training ends before its first epoch is done: %s (images such as %s). %s",
          e.getMessage(), String.join(", ", batch), LOWER);
    }
    context
        .console()
        .say(
            "  warning: training ends after epoch %d: %s (images such as %s). %s",
            training.epochs(), e.getMessage(), String.join(", ", batch), LOWER);
  }
}
