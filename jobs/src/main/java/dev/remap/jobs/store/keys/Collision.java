package dev.remap.jobs.store.keys;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Ids that met at one key.
 *
 * @param imageIds those listed at it, in order; one alone met an id that is no longer listed
 */
public record Collision(long key, SortedSet<String> imageIds) implements Serializable {
  private static final long serialVersionUID = 1L;

  public Collision {
    imageIds = Collections.unmodifiableSortedSet(new TreeSet<>(imageIds));
  }
}
