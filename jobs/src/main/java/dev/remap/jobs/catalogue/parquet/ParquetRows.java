package dev.remap.jobs.catalogue.parquet;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/** Counts the rows of a file, from one row group to the next. */
final class ParquetRows {
  private final Iterator<BlockMetaData> groups;
  private long left;
  private long row;

  ParquetRows(List<BlockMetaData> groups) {
    this.groups = groups.iterator();
  }

  /** What begins to read a row group. */
  interface Start {
    void at(BlockMetaData group) throws IOException;
  }

  /**
   * Steps to the next row; false at the end.
   *
   * @param start is told of every row group that has rows, before its first one
   */
  boolean next(Start start) throws IOException {
    while (left == 0) {
      if (!groups.hasNext()) {
        return false;
      }
      BlockMetaData group = groups.next();
      left = group.getRowCount();
      if (left > 0) {
        start.at(group);
      }
    }
    row++;
    left--;
    return true;
  }

  /** The number of the row that it is at, from 1; 0 before the first. */
  long row() {
    return row;
  }
}
