package dev.remap.jobs.stage.knn;

import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.search.Asked;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Router;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The images of one unit as queries, in blocks that are searched together. */
final class UnitQueries {
  /** Numbers of the queries that are searched together, and of what they find. */
  private static final int NUMBERS_AT_ONCE = 1 << 22;

  private final List<VectorRow> rows;

  private UnitQueries(List<VectorRow> rows) {
    this.rows = rows;
  }

  static UnitQueries read(Store store, Vectors vectors, KeyRange range) {
    List<VectorRow> rows = new ArrayList<>();
    try (TableReader<VectorRow> reader =
        vectors.chain(store).table(store, vectors.format()).read(range, Verification.FULL)) {
      reader.forEachRemaining(rows::add);
    }
    return new UnitQueries(rows);
  }

  int size() {
    return rows.size();
  }

  long key(int query) {
    return rows.get(query).key();
  }

  String id(int query) {
    return rows.get(query).imageId();
  }

  float[] vector(int query) {
    return rows.get(query).vector();
  }

  /**
   * The keys that each query finds, itself left out, in rows of that many; {@link RowsByKey#NONE}
   * where it finds fewer. The shards are opened one after the other.
   */
  long[] candidates(Searcher searcher, int depth) {
    List<QueryBlock> blocks = searcher.parts() == 0 ? List.of() : blocks(depth);
    Neighbors[] found = new Neighbors[blocks.size()];
    List<Optional<int[][]>> routes = routes(searcher, blocks);
    for (int part = 0; part < searcher.parts() && found.length > 0; part++) {
      try (Searcher.Part shard = searcher.open(part)) {
        for (int i = 0; i < found.length; i++) {
          Optional<Asked> asked = Asked.of(blocks.get(i), part, routes.get(i));
          if (asked.isPresent()) {
            // One more: it finds itself.
            Neighbors some = asked.get().ofWhole(shard.search(asked.get().block(), depth + 1));
            found[i] = found[i] == null ? some : found[i].merge(some);
          }
        }
      }
    }
    long[] candidates = new long[Math.multiplyExact(rows.size(), depth)];
    Arrays.fill(candidates, RowsByKey.NONE);
    int query = 0;
    for (Neighbors block : found) {
      for (int i = 0; i < block.queryIds().length; i++) {
        copyOthers(block, i, candidates, query * depth, depth);
        query++;
      }
    }
    return candidates;
  }

  private static List<Optional<int[][]>> routes(Searcher searcher, List<QueryBlock> blocks) {
    try (Router router = searcher.router()) {
      return blocks.stream().map(router::rows).toList();
    }
  }

  private static void copyOthers(Neighbors found, int query, long[] candidates, int at, int depth) {
    int k = found.result().k();
    int filled = 0;
    for (int i = query * k; i < (query + 1) * k && filled < depth; i++) {
      long key = found.result().keys()[i];
      if (key >= 0 && key != found.queryIds()[query]) {
        candidates[at + filled++] = key;
      }
    }
  }

  private List<QueryBlock> blocks(int depth) {
    if (rows.isEmpty()) {
      return List.of();
    }
    int together = Math.max(1, NUMBERS_AT_ONCE / (rows.get(0).vector().length + 3 * depth));
    return QueryBlock.split(rows, together, VectorRow::key, VectorRow::vector);
  }
}
