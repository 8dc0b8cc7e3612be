package dev.remap.jobs.store.row;

import java.util.OptionalLong;

/**
 * One image of a catalogue's listing.
 *
 * @param uri where its bytes are; empty for a delete
 * @param version etag, size and time, or content hash; empty for a delete
 * @param offset where it begins inside {@code uri}, for members of tar files
 * @param length how many bytes it has there
 */
public record SnapshotRow(
    long key,
    Change change,
    String imageId,
    String uri,
    String version,
    OptionalLong offset,
    OptionalLong length)
    implements LayeredRow {
  /** Throws {@link IllegalArgumentException} when only one of offset and length is there. */
  public SnapshotRow {
    if (offset.isPresent() != length.isPresent()) {
      throw new IllegalArgumentException(
          "Image '" + imageId + "' needs both an offset and a length, or neither");
    }
  }
}
