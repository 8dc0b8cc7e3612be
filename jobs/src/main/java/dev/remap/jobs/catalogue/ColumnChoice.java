package dev.remap.jobs.catalogue;

import java.io.Serializable;
import java.util.List;

/** Says which columns of a table are read. */
interface ColumnChoice extends Serializable {
  /**
   * The columns of one table.
   *
   * @param table its name, for messages
   */
  TableColumns.Chosen in(List<String> names, String table);
}
