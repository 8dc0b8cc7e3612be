package dev.remap.jobs.store.segment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.JsonFields;
import java.io.Serializable;

/**
 * Names one immutable segment and what it must contain.
 *
 * @param file its path, length and digest
 * @param rows its rows, puts and deletes together
 */
public record SegmentRef(FileRef file, long rows) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** More rows than a store has keys to give out within a human life. */
  private static final long MAX_ROWS = 1L << 40;

  /** Throws {@link IllegalArgumentException} for a negative number of rows. */
  public SegmentRef {
    if (rows < 0) {
      throw new IllegalArgumentException(file.path() + " has " + rows + " rows");
    }
  }

  /** Its path relative to the store's root. */
  public String path() {
    return file.path();
  }

  /** As records and ledgers hold it. */
  public ObjectNode toJson() {
    return file.toJson().put("rows", rows);
  }

  /** Reads one from the field of that name. */
  public static SegmentRef fromJson(JsonFields parent, String name) {
    JsonFields fields = parent.object(name);
    FileRef file = FileRef.fromJson(fields);
    long rows = fields.integer("rows", 0, MAX_ROWS);
    fields.end();
    return new SegmentRef(file, rows);
  }
}
