package dev.remap.jobs.store.keys;

import java.util.Optional;

/** Who had which key before this run: the older snapshot. */
@FunctionalInterface
public interface KeyOwners {
  /** There was nothing before. */
  KeyOwners NONE = key -> Optional.empty();

  Optional<String> owner(long key);
}
