package dev.remap.jobs.stage.extract;

import dev.remap.jobs.store.layer.InFlightNotes;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the images that kill the JVM of whoever describes them. Before images are given to native
 * code, in windows, their keys are noted. An attempt that finds the notes of a dead one first
 * describes the images noted there one at a time, each with a note of its own and to no other end:
 * so the next death points at one image. An image that was alone in hand at two deaths is condemned
 * (at one, a machine may have been switched off just then).
 *
 * <p>Descriptors do not depend on any of this: windows and neighbours leave their bits alone.
 */
final class InFlight implements AutoCloseable {
  private static final int DEATHS = 2;

  private final InFlightNotes notes;
  private final int window;
  private final Queue<Window> open = new ArrayDeque<>();

  private record Window(long last, String note) {}

  /** Describes one image to no end but to see whether that can be survived. */
  @FunctionalInterface
  interface Trial {
    void describe(SnapshotRow row) throws InterruptedException;
  }

  /**
   * @param window images noted together
   */
  InFlight(InFlightNotes notes, int window) {
    this.notes = notes;
    this.window = window;
  }

  /** Whether an attempt at the unit died, so that {@link #condemned} has something to do. */
  boolean afterDeath() {
    return !notes.left().isEmpty();
  }

  /**
   * The keys of the images that must not be described.
   *
   * @param rows of the unit, all of them
   */
  Set<Long> condemned(Iterator<SnapshotRow> rows, Trial trial) throws InterruptedException {
    List<KeyRange> suspects = notes.left().stream().map(InFlightNotes.Note::keys).toList();
    Map<Long, Integer> deaths = deaths();
    Set<Long> condemned = new HashSet<>();
    while (rows.hasNext()) {
      SnapshotRow row = rows.next();
      long key = row.key();
      if (deaths.getOrDefault(key, 0) >= DEATHS) {
        condemned.add(key);
      } else if (suspects.stream().anyMatch(keys -> keys.contains(key))) {
        String note = notes.write(new KeyRange(key, key));
        trial.describe(row);
        notes.remove(note);
      }
    }
    return condemned;
  }

  /** In how many attempts that died an image was alone in hand, by key. */
  private Map<Long, Integer> deaths() {
    Map<Long, Integer> deaths = new TreeMap<>();
    notes.left().stream()
        .distinct()
        .filter(note -> note.keys().from() == note.keys().to())
        .forEach(note -> deaths.merge(note.keys().from(), 1, Integer::sum));
    return deaths;
  }

  /** Hands on rows, each window noted before its first one. */
  Iterator<SnapshotRow> noted(Iterator<SnapshotRow> rows) {
    return new Iterator<>() {
      private final Queue<SnapshotRow> ahead = new ArrayDeque<>();

      @Override
      public boolean hasNext() {
        return !ahead.isEmpty() || rows.hasNext();
      }

      @Override
      public SnapshotRow next() {
        if (ahead.isEmpty()) {
          long last = 0;
          while (ahead.size() < window && rows.hasNext()) {
            SnapshotRow row = rows.next();
            last = row.key();
            ahead.add(row);
          }
          open.add(new Window(last, notes.write(new KeyRange(ahead.element().key(), last))));
        }
        return ahead.remove();
      }
    };
  }

  /** The outcome of a row is there; outcomes come in the order of rows. */
  void settled(long key) {
    while (!open.isEmpty() && open.element().last() <= key) {
      notes.remove(open.remove().note());
    }
  }

  /** The unit is committed: nobody will look for its killers again. */
  void committed() {
    notes.removeAll();
  }

  @Override
  public void close() {
    notes.removeOwn();
  }
}
