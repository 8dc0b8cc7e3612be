package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import java.io.Serializable;
import java.util.OptionalLong;

/**
 * A row of the layer that leads from the snapshot before to this one, in fields that travel.
 *
 * @param offset -1 for none
 * @param length -1 for none
 */
public record Difference(
    long rowKey, Kind kind, String imageId, String uri, String version, long offset, long length)
    implements Serializable {
  Difference(SnapshotRow row, Kind kind) {
    this(
        row.key(),
        kind,
        row.imageId(),
        row.uri(),
        row.version(),
        row.offset().orElse(-1),
        row.length().orElse(-1));
  }

  public SnapshotRow row() {
    return new SnapshotRow(
        rowKey,
        kind == Kind.REMOVED ? Change.DELETE : Change.PUT,
        imageId,
        uri,
        version,
        offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset),
        length < 0 ? OptionalLong.empty() : OptionalLong.of(length));
  }

  public enum Kind {
    ADDED,
    CHANGED,
    REMOVED
  }

  SnapshotTasks.SortKey key() {
    return new SnapshotTasks.SortKey(rowKey, imageId);
  }
}
