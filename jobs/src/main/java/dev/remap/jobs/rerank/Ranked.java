package dev.remap.jobs.rerank;

import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Queries and what they found, best first.
 *
 * @param queries as they were searched with last
 * @param found rows in the order of the queries; distances are 2 − 2 × score where a method has
 *     given scores
 */
public record Ranked(QueryBlock queries, Neighbors found) implements Serializable {
  /** The vector of the block's query {@code q}. */
  float[] vector(int q) {
    int from = q * queries.dimension();
    return Arrays.copyOfRange(queries.vectors(), from, from + queries.dimension());
  }
}
