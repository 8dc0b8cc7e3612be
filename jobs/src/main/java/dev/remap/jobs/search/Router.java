package dev.remap.jobs.search;

import java.util.Optional;

/** Tells which parts of a searcher may hold what a query looks for; for one thread. */
public interface Router extends AutoCloseable {
  /** Every part may. */
  Router ALL = block -> Optional.empty();

  /**
   * For each part the queries of a block that it is searched for, as ascending numbers of rows; at
   * least one part has one. Empty if every part is searched for all of them.
   */
  Optional<int[][]> rows(QueryBlock block);

  @Override
  default void close() {}
}
