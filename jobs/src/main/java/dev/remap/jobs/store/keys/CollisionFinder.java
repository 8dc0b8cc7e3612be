package dev.remap.jobs.store.keys;

import dev.remap.jobs.store.keys.KeyExceptions.Collision;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the ids that share a key in listings sorted by key, in memory for one key at a time. */
public final class CollisionFinder {
  private final KeyExceptions exceptions;
  private final List<Collision> found = new ArrayList<>();
  private final SortedSet<String> imageIds = new TreeSet<>();
  private long key = -1;

  public CollisionFinder(KeyExceptions exceptions) {
    this.exceptions = exceptions;
  }

  /**
   * Takes the next id; the same id at the same key may come again, from an older listing.
   *
   * @param next must not be below the key before it
   */
  public void accept(long next, String imageId) {
    if (next < key) {
      throw new IllegalArgumentException(
          "Key " + next + " of image '" + imageId + "' follows key " + key + ": sort the listing");
    }
    if (next > key) {
      settle();
      key = next;
    }
    imageIds.add(imageId);
  }

  private void settle() {
    boolean takesHeldKey =
        !imageIds.isEmpty()
            && exceptions.holder(key).map(holder -> !imageIds.contains(holder)).orElse(false);
    if (imageIds.size() > 1 || takesHeldKey) {
      found.add(new Collision(key, imageIds));
    }
    imageIds.clear();
  }

  /** What was found, once all ids were given; by key. */
  public List<Collision> collisions() {
    settle();
    return List.copyOf(found);
  }
}
