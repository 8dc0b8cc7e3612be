package dev.remap.jobs.store.publication;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFiles;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** Decides which generation of an index is live: a log without gaps, whose last entry counts. */
public final class Publication {
  private static final int MAX_BYTES = 1 << 20;

  private final NumberedFiles files;

  public Publication(Store store, String index) {
    this.files = new NumberedFiles(store, Layout.published(index));
  }

  /** Says whether a generation may become live after another one. */
  @FunctionalInterface
  public interface Gate {
    /** Looks again, because what is live has changed since the caller looked. */
    boolean admits(Optional<Published> live);

    /** What the entry says about why it was admitted, after the last look. */
    default Optional<Verdict> verdict() {
      return Optional.empty();
    }
  }

  /** What is live. */
  public Optional<Published> latest() {
    int highest = files.highest();
    return highest == 0 ? Optional.empty() : Optional.of(read(highest));
  }

  /** All that was ever live, oldest first. */
  public List<Published> all() {
    return IntStream.rangeClosed(1, files.highest()).mapToObj(this::read).toList();
  }

  /** The numbers of the entries that are there, ascending, gaps and all. */
  public List<Integer> numbers() {
    return files.listed().stream().sorted().toList();
  }

  /** Where an entry is. */
  public String path(int number) {
    return files.path(number);
  }

  /** One entry; throws {@link StoreException} if it is missing or damaged. */
  public Published entry(int number) {
    return read(number);
  }

  /**
   * Puts the entry after it in the place of one that is lost, since the log must have no gap: which
   * generation was live then, and why, is not known any more.
   */
  public void fill(int number) {
    Published next = read(number + 1);
    files.create(
        number,
        new Published(number, next.manifest(), next.run(), next.id(), Optional.empty()).toBytes());
  }

  private Published read(int number) {
    return Published.parse(files.where(number), files.read(number, MAX_BYTES), number);
  }

  /**
   * Makes a generation live. Whenever something else is live than {@code expected}, or another
   * publisher is faster, the gate decides again.
   *
   * @param manifest of the generation, a newer one or, to go back, an older one
   * @param expected what was live when the caller decided to publish
   * @return the new entry, or nothing if the gate did not admit it
   */
  public Optional<Published> publish(
      FileRef manifest, String run, Optional<Published> expected, Gate gate) {
    String id = UUID.randomUUID().toString();
    Optional<Published> live = latest();
    if (!live.equals(expected) && !gate.admits(live)) {
      return Optional.empty();
    }
    while (true) {
      int number = live.map(Published::number).orElse(0) + 1;
      Published entry = new Published(number, manifest, run, id, gate.verdict());
      if (files.create(number, entry.toBytes())) {
        return Optional.of(entry);
      }
      live = Optional.of(read(number));
      if (live.get().equals(entry)) {
        // Ours after all: the answer to the request was lost, and its repetition refused.
        return live;
      }
      if (!gate.admits(live)) {
        return Optional.empty();
      }
    }
  }
}
