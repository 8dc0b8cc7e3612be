package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.upkeep.plan.Workload.Part;

/**
 * What one stage is expected to take.
 *
 * @param part images that it works on (listed, tried, projected, indexed), and units
 * @param speed where the seconds come from
 * @param busy slots that are at work in the mean
 * @param seconds on the executors of the plan
 * @param bytesIn read from storage; NaN if the catalogue does not say
 * @param bytesOut written
 * @param memory of one executor, beside what Spark itself needs
 * @param objects that are created in the store
 */
record StageEstimate(
    PlanStage stage,
    Part part,
    StageSpeed speed,
    double busy,
    double seconds,
    double bytesIn,
    double bytesOut,
    Memory memory,
    long objects) {

  /** Bytes in the heap of an executor, and outside of it. */
  record Memory(long heap, long outside) {
    Memory most(Memory other) {
      return new Memory(Math.max(heap, other.heap), Math.max(outside, other.outside));
    }
  }

  /** With one that runs after it; nobody says then what stage that is, and how many images. */
  StageEstimate then(StageEstimate next) {
    return new StageEstimate(
        null,
        new Part(0, part.units() + next.part.units()),
        null,
        (busy * seconds + next.busy * next.seconds) / Math.max(1e-9, seconds + next.seconds),
        seconds + next.seconds,
        known(bytesIn) + known(next.bytesIn),
        bytesOut + next.bytesOut,
        memory.most(next.memory),
        objects + next.objects);
  }

  private static double known(double bytes) {
    return Double.isNaN(bytes) ? 0 : bytes;
  }
}
