package dev.remap.jobs.stage.knn;

import dev.remap.core.whitening.Metric;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.store.row.NeighborRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The nearest of some queries, in rows of {@code most}: nearest first, equal distances by ascending
 * key, {@link RowsByKey#NONE} where there are fewer.
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record Nearest(long[] keys, float[] distances, int most) {

  /**
   * The best of candidates.
   *
   * @param distances of the candidates, squared
   * @param depth candidates of a query
   */
  static Nearest of(long[] candidates, float[] distances, int depth, int most) {
    int queries = candidates.length / depth;
    long[] keys = new long[queries * most];
    Arrays.fill(keys, RowsByKey.NONE);
    Nearest nearest = new Nearest(keys, new float[queries * most], most);
    for (int query = 0; query < queries; query++) {
      List<Neighbor> ranked = new ArrayList<>(depth);
      for (int i = query * depth; i < (query + 1) * depth; i++) {
        if (candidates[i] != RowsByKey.NONE) {
          ranked.add(new Neighbor(candidates[i], distances[i]));
        }
      }
      ranked.sort(null);
      nearest.set(query, ranked);
    }
    return nearest;
  }

  private void set(int query, List<Neighbor> ranked) {
    for (int i = 0; i < Math.min(most, ranked.size()); i++) {
      keys[query * most + i] = ranked.get(i).key();
      distances[query * most + i] = ranked.get(i).distance();
    }
  }

  /**
   * The neighbours of one query.
   *
   * @param ids of the images with these keys
   */
  List<NeighborRow.Neighbor> row(int query, String[] ids, Metric metric) {
    List<NeighborRow.Neighbor> row = new ArrayList<>(most);
    for (int i = query * most; i < (query + 1) * most && keys[i] != RowsByKey.NONE; i++) {
      row.add(new NeighborRow.Neighbor(keys[i], ids[i], metric.score(distances[i])));
    }
    return row;
  }
}
