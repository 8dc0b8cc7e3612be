package dev.remap.jobs.store.row;

import java.util.OptionalLong;

/**
 * An image that could not be described.
 *
 * @param change a delete says that the image has been described, or is gone
 * @param uri where its bytes are, as in the listing that it was tried from; empty for a delete
 * @param version as in that listing
 * @param offset as in that listing
 * @param length as in that listing
 * @param stage where it failed, such as {@code decode}; empty for a delete
 * @param reason one line for a person; empty for a delete
 * @param attempts how often it was tried, over all runs
 */
public record RejectRow(
    long key,
    Change change,
    String imageId,
    String uri,
    String version,
    OptionalLong offset,
    OptionalLong length,
    String stage,
    Kind kind,
    String reason,
    int attempts)
    implements LayeredRow {
  /** Whether trying again can help. */
  public enum Kind {
    /** The bytes are at fault: final for this version. */
    CONTENT,
    /** The bytes could not be had: tried again by the next run. */
    ACCESS,
    /**
     * Nobody was asked for the bytes: the URI is none that this installation can read. Tried again
     * by the next run, as the installation may have changed; says nothing about the storage.
     */
    UNREADABLE
  }

  /** Takes an image back that an older layer rejected. */
  public static RejectRow delete(long key, String imageId, String version) {
    return new RejectRow(
        key,
        Change.DELETE,
        imageId,
        "",
        version,
        OptionalLong.empty(),
        OptionalLong.empty(),
        "",
        Kind.CONTENT,
        "",
        0);
  }
}
