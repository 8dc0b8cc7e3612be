package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory.Run;
import dev.remap.jobs.stage.whiten.FitJob;
import java.util.Locale;

/**
 * The stages of a night as a plan has them, with the seconds that are assumed where a store has no
 * run of them yet: of one task on one core of a 2020s server.
 */
enum PlanStage {
  /** Listing, sorting and comparing. */
  SNAPSHOT("listed", 10, 60e-6, 2),
  /** By the small network that comes with this program; a large one takes ten times as long. */
  EXTRACT(JobContext.WORKED, 10, 0.3, 3),
  /** Reading a descriptor, projecting it, and writing the vector. */
  WHITEN(JobContext.WORKED, 5, 0.5e-3, 2),
  /** What a vector takes grows with the lists, see {@link StageSpeed#ofTraining}. */
  QUANTIZE("training-vectors", 5, 0, 0),
  /** Reading a vector or a code of the shard before, and writing the shard. */
  BUILD("entries", 5, 10e-6, 2),
  /** Reading the shards, and searching for a few vectors. */
  PUBLISH("entries", 10, 2e-6, 0),
  /** Reading layers and writing them as one. */
  COMPACT("rows", 5, 0.5e-3, 3);

  private final String counted;
  private final double fixedSeconds;
  private final double secondsEach;
  private final int objectsEach;

  PlanStage(String counted, double fixedSeconds, double secondsEach, int objectsEach) {
    this.counted = counted;
    this.fixedSeconds = fixedSeconds;
    this.secondsEach = secondsEach;
    this.objectsEach = objectsEach;
  }

  /** The job's word for it. */
  String job() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * How many images a run of this stage worked on; 0 if it found all done, or fitted a whitening.
   */
  long images(Run run) {
    boolean idle =
        (this == BUILD && run.count(JobContext.WORKED) == 0)
            || (this == WHITEN && run.count(FitJob.FITTED) > 0);
    return idle ? 0 : run.count(counted);
  }

  /**
   * How many tasks run at once in the mean, where all take as long.
   *
   * @param slots for tasks
   * @param units there are
   */
  double busy(long slots, long units) {
    return switch (this) {
      // A listing is spread as it comes, whatever its units.
      case SNAPSHOT -> Math.max(1, slots);
      default -> {
        double rounds = Math.ceil((double) units / Math.max(1, slots));
        yield Math.max(1, units / Math.max(1, rounds));
      }
    };
  }

  /** Files created: those of each unit with its record, two of the whole, two of the run. */
  long objects(long units) {
    return objectsEach * units + 4;
  }

  /** Seconds of one task for an image, and before and after all, where nothing was measured. */
  StageSpeed assumed() {
    return new StageSpeed(fixedSeconds, secondsEach, 0);
  }
}
