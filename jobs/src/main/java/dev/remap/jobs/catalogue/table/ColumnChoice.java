package dev.remap.jobs.catalogue.table;

import java.io.Serializable;
import java.util.List;

/** Says which columns of a table are read. */
public interface ColumnChoice extends Serializable {
  /**
   * The columns of one table.
   *
   * @param table its name, for messages
   */
  TableColumns.Chosen in(List<String> names, String table);
}
