package dev.remap.jobs.upkeep.plan;

import java.io.Serializable;
import java.util.EnumMap;

/** What a catalogue asks of a night, counted. */
final class ChangeCounts implements Serializable {
  private static final long serialVersionUID = 1;

  private final EnumMap<Count, Long> counts = new EnumMap<>(Count.class);

  /** What is counted. */
  enum Count {
    /** Images now. */
    LISTED,
    /** Since the newest snapshot. */
    ADDED,
    /** Since the newest snapshot. */
    CHANGED,
    /** Since the newest snapshot. */
    REMOVED,
    /** Images that are new or changed for the descriptors there are. */
    DESCRIBE,
    /** Images that could not be reached before and are tried again. */
    AGAIN,
    /** Images that the descriptors there are have to lose. */
    GONE,
    /** Images that stay rejected. */
    REJECTED,
    /** Images to be tried whose size is listed. */
    SIZED,
    /** What these have together. */
    BYTES
  }

  ChangeCounts add(Count what, long more) {
    counts.merge(what, more, Long::sum);
    return this;
  }

  ChangeCounts add(ChangeCounts other) {
    other.counts.forEach(this::add);
    return this;
  }

  long of(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Rows that the next snapshot writes. */
  long differences() {
    return of(Count.ADDED) + of(Count.CHANGED) + of(Count.REMOVED);
  }

  /** Images that an extraction tries. */
  long tried() {
    return of(Count.DESCRIBE) + of(Count.AGAIN);
  }

  /** Rows that a layer of descriptors gets, and one of vectors: one for each key touched. */
  long rows() {
    return tried() + of(Count.GONE);
  }

  /** Entries of the index afterwards, if nothing more is rejected. */
  long entries() {
    return of(Count.LISTED) - of(Count.REJECTED);
  }

  /** Bytes of the images that are tried, in proportion where only some have a size; 0 if none. */
  long imageBytes() {
    long sized = of(Count.SIZED);
    return sized == 0 ? 0 : Math.round((double) of(Count.BYTES) / sized * tried());
  }
}
