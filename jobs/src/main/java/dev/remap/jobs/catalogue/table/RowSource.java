package dev.remap.jobs.catalogue.table;

import java.io.IOException;

/** A file of a table, read row by row. */
public interface RowSource extends AutoCloseable {
  /** The next row; null at the end. */
  TableRow next() throws IOException;

  /** Which row it is at, for messages; empty before the first. */
  String place();

  @Override
  void close() throws IOException;
}
