package dev.remap.jobs.upkeep.plan;

/**
 * What one stage is expected to take.
 *
 * @param images that it works on: listed, tried, projected, indexed
 * @param bytesIn read from storage; negative if the catalogue does not say
 * @param bytesOut written
 * @param seconds on the executors of the plan
 * @param speed where the seconds come from
 * @param heap bytes of one executor, beside what Spark itself needs
 * @param outside bytes of one executor outside of the heap
 * @param objects that are created in the store
 */
record StageEstimate(
    PlanStage stage,
    long units,
    long images,
    long bytesIn,
    long bytesOut,
    double seconds,
    StageSpeed speed,
    long heap,
    long outside,
    long objects) {}
