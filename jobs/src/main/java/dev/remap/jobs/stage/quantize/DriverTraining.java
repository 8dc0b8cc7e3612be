package dev.remap.jobs.stage.quantize;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.run.JobContext;
import java.util.function.Consumer;

/** Trains where the driver holds the sample: alone, but for the sub-quantizers. */
final class DriverTraining {
  private final JobContext context;
  private final TrainingSteps steps;
  private final Consumer<String> progress;

  DriverTraining(JobContext context, TrainingSteps steps, Consumer<String> progress) {
    this.context = context;
    this.steps = steps;
    this.progress = progress;
  }

  /**
   * A quantizer of the sample: the same bytes on any cluster.
   *
   * @param sample vectors, one after the other
   */
  Quantizer train(float[] sample) {
    int n = sample.length / steps.dimension();
    float[] rotation = steps.rotation(sample, n, progress);
    float[] vectors =
        rotation.length == 0
            ? sample
            : NativeVectors.multiply(rotation, steps.dimension(), sample, n);
    float[] centroids = steps.centroids(vectors, n, progress);
    float[] residuals = steps.residuals(centroids, vectors, n, progress);
    return steps.quantizer(
        rotation, centroids, CodebookTasks.train(context, steps, residuals), progress);
  }
}
