package dev.remap.jobs.store.segment;

/**
 * An image that could not be described.
 *
 * @param stage where it failed, such as {@code decode}
 * @param reason one line for a person
 * @param attempts how often it was tried, over all runs
 */
public record RejectRow(
    long key,
    String imageId,
    String uri,
    String version,
    String stage,
    Kind kind,
    String reason,
    int attempts)
    implements Row {
  /** Whether trying again can help. */
  public enum Kind {
    /** The bytes are at fault: final for this version. */
    CONTENT,
    /** The bytes could not be had: tried again by the next run. */
    ACCESS
  }
}
