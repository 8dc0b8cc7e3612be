package dev.remap.jobs.store.layer;

/**
 * How the commit of a unit ended.
 *
 * @param record what counts now
 * @param outcome whose it is
 */
public record UnitCommit(UnitRecord record, Outcome outcome) {
  /** Whose output counts. */
  public enum Outcome {
    /** This attempt's. */
    OURS,
    /** That of another attempt, which was first; ours is deleted. */
    THEIRS
  }
}
