package dev.remap.jobs.job.gc;

import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Store;
import java.util.List;

/**
 * The claims on a generation: small files that collections put into its folder before they delete
 * anything of it, each its own. A collection that has claimed a generation looks whether anything
 * was published, and gives up if so; who has published a generation looks for claims, and takes it
 * back if there are any. Whichever is later sees the other.
 *
 * @param folder the generation's
 */
record GcClaims(Store store, String folder) {
  private static final String NAME = "deleting";
  private static final String ENDING = ".json";

  /** What the names of claims look like, in the folder. */
  static final String PATTERN = NAME + "/[^/.][^/]*\\.json";

  /** The run that made the claim in that file. */
  static String run(String path) {
    return path.substring(path.lastIndexOf('/') + 1, path.length() - ENDING.length());
  }

  private String path(String run) {
    return folder + "/" + NAME + "/" + run + ENDING;
  }

  /** Makes the claim of a run. */
  void make(String run) {
    store.create(path(run), Json.bytes(Json.versioned().put("run", run)));
  }

  /** Takes it back: nothing was deleted, or all. */
  void withdraw(String run) {
    store.tree().delete(List.of(path(run)));
    store.tree().prune(folder + "/" + NAME);
  }

  /** Whether any collection has begun, or is about to begin, to delete the generation. */
  boolean areThere() {
    return !store.list(folder + "/" + NAME).isEmpty();
  }
}
