package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Store;
import java.io.Serializable;

/**
 * A table at one number.
 *
 * @param dimension values of a vector; 0 where it has none, or they do not matter
 */
public record NumberedTable(TableId id, int number, int dimension) implements Serializable {
  public TableKind kind() {
    return id.kind();
  }

  /** The layers that it is together. */
  public LayerChain chain(Store store) {
    return LayerChain.of(store, id.folder(), number);
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
