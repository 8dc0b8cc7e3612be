package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.Serializable;
import java.util.List;

/**
 * Something wrong with one file of a store.
 *
 * @param path the file, below the root
 * @param problem what kind of thing is wrong
 * @param how in words
 * @param cure what mends it
 * @param remove what a repair has to delete for that
 */
record Finding(String path, Problem problem, String how, Cure cure, List<String> remove)
    implements Serializable {
  /** What kinds of things can be wrong. */
  enum Problem {
    DAMAGED,
    MISSING,
    CONTRADICTORY,
    /** Whole, but older than what ought to be there. */
    OUTDATED
  }

  /** What mends it. */
  enum Cure {
    /** The rest of the store says the same once more: a repair writes it again from there. */
    RESTORE,
    /** The command that made it makes it again, once a repair has removed what is left of it. */
    REMAKE,
    /** Nobody needs it: a repair removes it. */
    DISCARD,
    /** Nothing in this store knows what it said. */
    COPY
  }

  Finding {
    remove = List.copyOf(remove);
  }

  /** A file that cannot be what was written. */
  static Finding damaged(
      Store store, StoreException.Damage damage, Cure cure, List<String> remove) {
    String path = below(store, damage.path());
    Problem problem = store.exists(path) ? Problem.DAMAGED : Problem.MISSING;
    return new Finding(path, problem, damage.how(), cure, remove);
  }

  private static String below(Store store, String path) {
    String root = store.root() + "/";
    return path.startsWith(root) ? path.substring(root.length()) : path;
  }

  /** What makes the file again, in words. */
  String cured() {
    return switch (cure) {
      case RESTORE -> "verify --repair";
      case REMAKE -> String.join(", ", RebuildCommand.stages(path));
      case DISCARD -> "nothing; no one needs it";
      case COPY -> "nothing; restore it from a copy";
    };
  }
}
