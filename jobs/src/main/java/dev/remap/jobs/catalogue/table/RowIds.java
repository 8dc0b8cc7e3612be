package dev.remap.jobs.catalogue.table;

import java.io.IOException;

/** The ids of rows that lie elsewhere, in the same order. */
public interface RowIds extends AutoCloseable {
  /** How many there are. */
  long rows();

  /** Where they are, for messages. */
  String table();

  /** The next one; fails where there is none. */
  String next() throws IOException;

  @Override
  void close() throws IOException;
}
