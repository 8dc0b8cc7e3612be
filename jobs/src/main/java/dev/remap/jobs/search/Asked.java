package dev.remap.jobs.search;

import java.io.Serializable;
import java.util.Optional;

/**
 * What one part is asked of a block.
 *
 * @param block the queries that it is searched for
 * @param whole the ids of all queries of the block; null if those are all
 * @param rows which of them are asked
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record Asked(QueryBlock block, long[] whole, int[] rows) implements Serializable {

  /**
   * What a part is asked of a block; nothing, if it has none of what the queries look for.
   *
   * @param routes what a {@link Router} said of the block
   */
  public static Optional<Asked> of(QueryBlock block, int part, Optional<int[][]> routes) {
    if (routes.isEmpty() || routes.get()[part].length == block.size()) {
      return Optional.of(new Asked(block, null, null));
    }
    int[] rows = routes.get()[part];
    return rows.length == 0
        ? Optional.empty()
        : Optional.of(new Asked(block.rows(rows), block.ids(), rows));
  }

  /** What was found, with rows for all queries of the block. */
  public Neighbors ofWhole(Neighbors found) {
    return whole == null ? found : found.spread(whole, rows);
  }
}
