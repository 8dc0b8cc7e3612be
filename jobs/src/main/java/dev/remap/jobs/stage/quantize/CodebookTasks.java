package dev.remap.jobs.stage.quantize;

import dev.remap.index.quantizer.SubQuantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** The sub-quantizers, each trained by a task of its own: the same bytes on any cluster. */
final class CodebookTasks {
  private CodebookTasks() {}

  /**
   * What each comes to, in their order.
   *
   * @param residuals row-major; an executor holds them once
   */
  static List<float[]> train(JobContext context, TrainingSteps steps, float[] residuals) {
    List<SubQuantizer> wanted = steps.subQuantizers();
    long start = System.nanoTime();
    Broadcast<float[]> all = context.spark().broadcast(residuals);
    try {
      List<float[]> codes =
          new UnitRunner(context, "sub-quantizers")
              .over(
                  context.spark().parallelize(wanted, wanted.size()),
                  0,
                  (part, one, task) -> one.next().train(all.value()));
      context
          .console()
          .say(
              "  codes: %,d sub-quantizers trained on %,d vectors, %s",
              wanted.size(),
              residuals.length / steps.components(),
              Console.seconds((System.nanoTime() - start) / 1e9));
      return codes;
    } finally {
      all.destroy();
    }
  }
}
