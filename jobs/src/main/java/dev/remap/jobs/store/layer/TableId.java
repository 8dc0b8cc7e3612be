package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.StorePath;
import java.io.Serializable;
import java.util.Map;

/**
 * One table of a store.
 *
 * @param id of the artifact or index it belongs to; empty where a store has only one
 */
public record TableId(TableKind kind, String id) implements Serializable {
  public TableId {
    if (id.isEmpty() == kind.isNamed()) {
      throw new IllegalArgumentException(kind + (id.isEmpty() ? " have ids" : " have no ids"));
    }
  }

  /** The folder of all its layers. */
  public String folder() {
    return beside(kind.folder());
  }

  /** The folder of the layers of rows of that name, which may lie beside the others. */
  public String folder(String rows) {
    return beside(rows.equals(kind.rows()) ? kind.folder() : rows);
  }

  /** That of its folders which lies in one of its kind's {@link TableKind#folders}. */
  public String beside(String folder) {
    return id.isEmpty() ? folder : folder + "/" + StorePath.checkName(id);
  }

  public LayerId layer(int number) {
    return layer(NumberedFolders.name(number));
  }

  public LayerId layer(String name) {
    return new LayerId(this, StorePath.checkName(name));
  }

  /** What its segments say they were computed from. */
  public Map<String, String> origin() {
    return kind.maker().isEmpty() ? Map.of() : Map.of(kind.maker(), id);
  }

  @Override
  public String toString() {
    return id.isEmpty() ? kind.folder() : kind.folder() + " " + id;
  }
}
