package dev.remap.jobs.stage.quantize;

import dev.remap.index.quantizer.SubQuantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import java.io.Serializable;
import java.util.List;

/** The sub-quantizers, each trained by a task of its own: the same bytes on any cluster. */
final class CodebookTasks {
  private CodebookTasks() {}

  /** One task's. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared or hashed.
  private record Work(SubQuantizer one, float[] columns) implements Serializable {
    float[] run() {
      return one.train(columns);
    }
  }

  /**
   * What each comes to, in their order.
   *
   * @param residuals row-major; a task gets its own columns of them
   */
  static List<float[]> train(JobContext context, TrainingSteps steps, float[] residuals) {
    List<SubQuantizer> wanted = steps.subQuantizers();
    long start = System.nanoTime();
    List<Work> work = wanted.stream().map(one -> new Work(one, one.columns(residuals))).toList();
    List<float[]> codes =
        new UnitRunner(context, "sub-quantizers")
            .over(
                context.spark().parallelize(work, work.size()),
                0,
                (part, one, task) -> one.next().run());
    context
        .console()
        .say(
            "  codes: %,d sub-quantizers trained on %,d vectors, %s",
            wanted.size(),
            residuals.length / steps.components(),
            Console.seconds((System.nanoTime() - start) / 1e9));
    return codes;
  }
}
