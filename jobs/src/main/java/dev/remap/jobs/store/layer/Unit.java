package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.segment.KeyRange;
import java.io.Serializable;

/**
 * What one task works on: the unit of work, of retry and of commit.
 *
 * @param number 0, 1, 2, … in its plan
 * @param range its keys
 * @param images how many are to do in it
 */
public record Unit(int number, KeyRange range, long images) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Throws {@link IllegalArgumentException} for a negative number of anything. */
  public Unit {
    if (number < 0 || images < 0) {
      throw new IllegalArgumentException("Unit " + number + " of " + images + " images");
    }
  }

  /** As messages call it. */
  @Override
  public String toString() {
    return "unit " + number;
  }
}
