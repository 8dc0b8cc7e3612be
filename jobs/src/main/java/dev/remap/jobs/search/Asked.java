package dev.remap.jobs.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one part is asked of a block.
 *
 * @param part its number
 * @param block the queries that it is searched for
 * @param whole the ids of all queries of the block; null if those are all
 * @param rows which of them are asked
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record Asked(int part, QueryBlock block, long[] whole, int[] rows) implements Serializable {

  /** One for each part that is asked anything, or for the first, if none is. */
  public static List<Asked> of(QueryBlock block, int parts, Router router) {
    Optional<int[][]> routes = router.rows(block);
    List<Asked> asked = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      if (routes.isEmpty() || routes.get()[part].length == block.size()) {
        asked.add(new Asked(part, block, null, null));
      } else if (routes.get()[part].length > 0) {
        int[] rows = routes.get()[part];
        asked.add(new Asked(part, block.rows(rows), block.ids(), rows));
      }
    }
    if (asked.isEmpty() && parts > 0) {
      asked.add(new Asked(0, block, null, null));
    }
    return asked;
  }

  /** What was found, with rows for all queries of the block. */
  public Neighbors ofWhole(Neighbors found) {
    return whole == null ? found : found.spread(whole, rows);
  }
}
