package dev.remap.jobs.stage.quantize;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.SampleBlocks;
import dev.remap.jobs.table.Vectors;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains where the driver does not hold the sample: it has the centroids, and of the vectors as
 * many as the codebook takes. Tasks go over the sample until more passes are not worth it.
 *
 * <p>Lloyd's iterations creep: where vectors lie in no clusters, each goes a little farther in the
 * direction of the one before. So every other pass is over-relaxed, and the next one settles what
 * went too far: seven passes come to a lower objective than twenty plain ones.
 */
public final class DistributedTraining {
  /**
   * A pair of passes that improved the objective by less than this is the last, and the means of
   * the pass that finds that out are the centroids.
   */
  private static final double LEAST_GAIN = 2 * TrainingSteps.LEAST_GAIN;

  private static final int MOST_PASSES = 21;

  /** Twice as far, and a half; 0.9 in each pass was slower, and left clusters swinging. */
  private static final float BEYOND = 1.5f;

  private static final int VECTORS_FOR_A_CODE_NUMBER = 256;

  private final JobContext context;
  private final TrainingSteps steps;
  private final TrainingScale scale;
  private final TrainingCheckpoints checkpoints;
  private final Consumer<String> progress;

  DistributedTraining(
      JobContext context,
      TrainingSteps steps,
      TrainingScale scale,
      TrainingCheckpoints checkpoints,
      Consumer<String> progress) {
    this.context = context;
    this.steps = steps;
    this.scale = scale;
    this.checkpoints = checkpoints;
    this.progress = progress;
  }

  /**
   * Bytes of the driver's heap: the vectors that the start clusters, or those of the codebook with
   * their residuals and once more by sub-quantizer, and centroids before and after a pass.
   */
  public static long heapOfDriver(IndexSpec spec, int dimension, long points) {
    long start = Math.min(points * dimension, TrainingScale.USUAL.startNumbers());
    long codes = Math.min(points, (long) VECTORS_FOR_A_CODE_NUMBER << spec.bits()) * dimension;
    return Float.BYTES * (Math.max(start, 3 * codes) + 2L * spec.lists() * dimension);
  }

  /** A quantizer of the sample of so many vectors: the same bytes on any cluster. */
  Quantizer train(Vectors vectors, int points) {
    int dimension = vectors.dimension();
    int most = VECTORS_FOR_A_CODE_NUMBER << steps.spec().bits();
    try (SampleBlocks drawn =
        SampleBlocks.draw(context, vectors, points, steps.seed(), scale.blockNumbers())) {
      context
          .console()
          .say(
              "  training sample: %,d vectors in %,d blocks on the executors' disks, %s",
              drawn.size(),
              drawn.blocks().getNumPartitions(),
              Console.bytes(drawn.size() * dimension * Float.BYTES));
      if (steps.spec().opqDimension() == 0) {
        return complete(drawn, new float[0]);
      }
      float[] some = drawn.first(Math.max(most, dimension));
      float[] rotation = steps.rotation(some, some.length / dimension, progress);
      try (SampleBlocks rotated = drawn.multiplied(rotation)) {
        return complete(rotated, rotation);
      }
    }
  }

  private Quantizer complete(SampleBlocks sample, float[] rotation) {
    float[] centroids = centroids(sample);
    float[] some = sample.first(VECTORS_FOR_A_CODE_NUMBER << steps.spec().bits());
    float[] residuals =
        steps.residuals(centroids, some, some.length / sample.dimension(), progress);
    return steps.quantizer(
        rotation, centroids, CodebookTasks.train(context, steps, residuals), progress);
  }

  private float[] centroids(SampleBlocks sample) {
    Optional<TrainingState> earlier = checkpoints.newest();
    earlier.ifPresent(
        state ->
            context.console().say("  goes on after pass %d of an earlier run", state.passes()));
    TrainingState state = earlier.orElseGet(() -> start(sample));
    while (!state.finished()) {
      state = next(sample, state);
      checkpoints.add(state);
    }
    return state.centroids();
  }

  private TrainingState start(SampleBlocks sample) {
    float[] centroids = steps.start().isDrawn() ? twoLevel(sample) : steps.start().centroids();
    TrainingState state = new TrainingState(0, Double.NaN, false, centroids);
    checkpoints.add(state);
    return state;
  }

  private float[] twoLevel(SampleBlocks sample) {
    long start = System.nanoTime();
    int lists = steps.spec().lists();
    int seed = Long.hashCode(steps.seed()) & Integer.MAX_VALUE;
    float[] centroids = new TwoLevelStart(context, sample, lists, seed, scale).centroids();
    context
        .console()
        .say(
            "  %,d centroids to begin with: %s",
            lists, Console.seconds((System.nanoTime() - start) / 1e9));
    return centroids;
  }

  private TrainingState next(SampleBlocks sample, TrainingState state) {
    long start = System.nanoTime();
    LloydPass pass = LloydPass.of(context, sample, state.centroids(), scale);
    int passes = state.passes() + 1;
    boolean settled = passes % 2 == 1;
    double gain = settled ? (state.objective() - pass.objective()) / state.objective() : Double.NaN;
    context
        .console()
        .say(
            "  pass %d: mean squared distance %.6g%s, imbalance %.3f, %,d empty lists, %s",
            passes,
            pass.objective(),
            Double.isFinite(gain) ? String.format(Locale.ROOT, " (%+.2f %%)", -100 * gain) : "",
            pass.imbalance(),
            pass.empty(),
            Console.seconds((System.nanoTime() - start) / 1e9));
    // Where going beyond made things worse, two plain passes come before the next judgement.
    boolean worse = gain < 0;
    boolean finished =
        passes == MOST_PASSES || pass.objective() == 0 || (!worse && gain < LEAST_GAIN);
    float[] means = pass.centroids();
    float[] next = settled && !finished && !worse ? pass.beyond(state.centroids(), BEYOND) : means;
    return new TrainingState(
        passes,
        settled ? pass.objective() : state.objective(),
        finished,
        ClusterSplit.of(next, pass.sizes()));
  }
}
