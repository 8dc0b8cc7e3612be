package dev.remap.jobs.store.keys;

import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFiles;
import dev.remap.jobs.store.Store;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The ids whose keys are not what the hash gives: an append-only list, one small numbered file
 * each, expected to be empty. A key, once given, never passes to another id, also while its id is
 * gone.
 */
public final class KeyExceptions implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_SALT = 1000;

  /**
   * Ids that met at one key.
   *
   * @param imageIds those listed at it, in order; one alone met an id that is no longer listed
   */
  public record Collision(long key, SortedSet<String> imageIds) implements Serializable {
    public Collision {
      imageIds = Collections.unmodifiableSortedSet(new TreeSet<>(imageIds));
    }
  }

  /** Who had which key before this run: the older snapshot. */
  @FunctionalInterface
  public interface Owners {
    /** There was nothing before. */
    Owners NONE = key -> Optional.empty();

    Optional<String> owner(long key);
  }

  private final HashMap<String, Long> saltedKeys = new HashMap<>();
  private final HashMap<Long, String> holders = new HashMap<>();
  private final int count;

  private KeyExceptions(List<KeyException> exceptions) {
    for (KeyException exception : exceptions) {
      holders.put(exception.key(), exception.holder());
      holders.put(exception.saltedKey(), exception.imageId());
      saltedKeys.put(exception.imageId(), exception.saltedKey());
    }
    count = exceptions.size();
  }

  /** Reads the store's exceptions. */
  public static KeyExceptions load(Store store) {
    NumberedFiles files = files(store);
    List<KeyException> exceptions =
        IntStream.rangeClosed(1, files.highest()).mapToObj(number -> read(files, number)).toList();
    return new KeyExceptions(exceptions);
  }

  private static NumberedFiles files(Store store) {
    return new NumberedFiles(store, Layout.KEY_EXCEPTIONS);
  }

  private static KeyException read(NumberedFiles files, int number) {
    return KeyException.parse(files.where(number), files.read(number, MAX_BYTES));
  }

  Optional<Long> saltedKey(String imageId) {
    return Optional.ofNullable(saltedKeys.get(imageId));
  }

  /** The id that has a key for ever, if that key is part of an exception. */
  Optional<String> holder(long key) {
    return Optional.ofNullable(holders.get(key));
  }

  /** How many there are. */
  public int size() {
    return count;
  }

  /**
   * Decides collisions and records the decisions, so that no two ids of the same collision have the
   * same key afterwards; the new keys may meet further ids, so look again. The id already recorded
   * keeps the key, else the one that had it before this run, else the first in order. Safe against
   * other runs that do the same: whoever records first decides.
   *
   * @param older who had which key before this run
   * @return all exceptions, the new ones included
   */
  public static KeyExceptions add(
      Store store, Collection<Collision> collisions, KeyHash hash, Owners older) {
    KeyExceptions known = load(store);
    List<Collision> ordered =
        collisions.stream().sorted(Comparator.comparingLong(Collision::key)).toList();
    for (Collision collision : ordered) {
      for (Optional<KeyException> next = known.next(collision, hash, older);
          next.isPresent();
          next = known.next(collision, hash, older)) {
        // Lost or won, what is recorded now is what counts.
        files(store).create(known.count + 1, next.get().toBytes());
        known = load(store);
      }
    }
    return known;
  }

  /** The next id of a collision that still has no key of its own. */
  private Optional<KeyException> next(Collision collision, KeyHash hash, Owners older) {
    long key = collision.key();
    String holder =
        holder(key).or(() -> older.owner(key)).orElseGet(() -> collision.imageIds().first());
    return collision.imageIds().stream()
        .filter(id -> !id.equals(holder) && saltedKey(id).isEmpty())
        .findFirst()
        .map(id -> displace(key, holder, id, hash, older));
  }

  private KeyException displace(
      long key, String holder, String imageId, KeyHash hash, Owners older) {
    int salt = 1;
    while (isTaken(hash.key(imageId, salt), key, older)) {
      if (++salt > MAX_SALT) {
        throw new IllegalArgumentException(
            "No salt up to " + MAX_SALT + " gives '" + imageId + "' a key: this is no hash");
      }
    }
    return new KeyException(key, holder, imageId, salt, hash.key(imageId, salt));
  }

  private boolean isTaken(long candidate, long key, Owners older) {
    return candidate == key || holder(candidate).isPresent() || older.owner(candidate).isPresent();
  }
}
