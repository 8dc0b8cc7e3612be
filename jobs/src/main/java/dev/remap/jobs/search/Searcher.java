package dev.remap.jobs.search;

import java.io.Serializable;

/**
 * Something searchable in parts, each of which an executor can open by itself; together they hold
 * every entry once.
 */
public interface Searcher extends Serializable {
  /** As many as there are. */
  int ALL = Integer.MAX_VALUE;

  /** Number of parts. */
  int parts();

  /** Opens one part in the current process. */
  Part open(int part);

  /** Opens what tells which parts may hold what a query looks for. */
  default Router router() {
    return Router.ALL;
  }

  /** An open part, for one thread. */
  interface Part extends AutoCloseable {
    /** How many it has. */
    int entries();

    /** The best {@code k} entries of this part for every query of the block. */
    Neighbors search(QueryBlock block, int k);

    @Override
    void close();
  }
}
