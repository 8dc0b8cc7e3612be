package dev.remap.jobs.search;

import java.io.Serializable;

/**
 * Queries that are searched together.
 *
 * @param ids one id per query, unique over all blocks of a search
 * @param vectors row-major, {@code ids.length} × dimension, each of norm 1
 */
public record QueryBlock(long[] ids, float[] vectors) implements Serializable {
  /** Number of queries. */
  public int size() {
    return ids.length;
  }

  /** Length of one vector. */
  public int dimension() {
    return ids.length == 0 ? 0 : vectors.length / ids.length;
  }
}
