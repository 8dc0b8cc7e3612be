package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.StorePath;
import java.io.Serializable;

/**
 * Who wrote something: unique among all tasks of all runs.
 *
 * @param run the run's id
 * @param task the task attempt's id within the run
 */
public record Attempt(String run, long task) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Throws {@link IllegalArgumentException} when the run cannot be part of a file name. */
  public Attempt {
    StorePath.checkName(run);
    if (task < 0) {
      throw new IllegalArgumentException("Task attempt " + task + " of run " + run);
    }
  }

  /** As it stands in file names. */
  @Override
  public String toString() {
    return run + "-" + task;
  }
}
