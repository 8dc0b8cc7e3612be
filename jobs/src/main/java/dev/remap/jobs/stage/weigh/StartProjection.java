package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.table.Whitenings;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** What a projection that is trained begins as: the PCA whitening of raw descriptors. */
record StartProjection(JobContext context) {
  /** The head with a projection that is fitted to what it makes of the split's training. */
  Head behind(Head head, TrainImages images, Split split) {
    float[][] raw = new float[split.training().length][];
    float[] parts = new float[head.shape().length()];
    for (int i = 0; i < raw.length; i++) {
      images.regions().read(split.training()[i], parts);
      raw[i] = head.raw(parts);
    }
    WhiteningOptions options = Whitenings.options(context.settings());
    Broadcast<float[][]> everywhere = context.spark().broadcast(raw);
    try {
      byte[] bytes =
          new UnitRunner(context, "moments")
              .run(
                  new ArrayList<>(List.of(options)),
                  1,
                  (chosen, task) -> fit(everywhere.value(), chosen))
              .get(0);
      return head.projected(Whitening.fromBytes(bytes));
    } finally {
      everywhere.destroy();
    }
  }

  private static byte[] fit(float[][] raw, WhiteningOptions options) {
    Moments moments = Moments.full(raw[0].length);
    for (float[] one : raw) {
      moments.add(one);
    }
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return Whitening.fit(moments, options, solver).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }
}
