package dev.remap.jobs.upkeep.gc;

/** Kinds of garbage, as the report names them. */
enum GcKind {
  GENERATION("generations that are not kept"),
  LAYER("layers that nothing needs any more"),
  ARTIFACT("extractors, whitenings, quantizers out of use, and checkpoints of trainings"),
  LEFT("left by attempts that were killed"),
  TEMPORARY("temporary files"),
  RUN("old records of runs, and evaluations"),
  HEARTBEAT("heartbeats of dead runs");

  private final String words;

  GcKind(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
