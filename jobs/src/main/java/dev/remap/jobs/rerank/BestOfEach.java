package dev.remap.jobs.rerank;

import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.store.Store;
import java.util.Arrays;
import java.util.List;

/** Gives the best of each query of a block with their vectors, as many queries at once as fit. */
record BestOfEach(Collection collection, int most) {
  /** Numbers in memory at once: 128 MiB. */
  private static final int NUMBERS_AT_ONCE = 1 << 25;

  /** Takes one query. */
  interface Each {
    /**
     * Looks at one query's best.
     *
     * @param q its place in the block
     * @param best of it, in their order
     * @param vectors of the best
     */
    void take(int q, List<Neighbor> best, float[][] vectors);
  }

  void forEach(Store store, Ranked block, Each each) {
    int queries = block.queries().size();
    int deepest = Math.min(most, block.found().result().k());
    int dimension = Math.max(1, block.queries().dimension());
    int together = (int) Math.max(1, NUMBERS_AT_ONCE / ((long) deepest * dimension));
    for (int from = 0; from < queries; from += together) {
      int to = Math.min(queries, from + together);
      long[] wanted = new long[(to - from) * deepest];
      Arrays.fill(wanted, RowsByKey.NONE);
      for (int q = from; q < to; q++) {
        List<Neighbor> best = best(block, q);
        for (int i = 0; i < best.size(); i++) {
          wanted[(q - from) * deepest + i] = best.get(i).key();
        }
      }
      float[][] vectors = collection.read(store, wanted);
      for (int q = from; q < to; q++) {
        List<Neighbor> best = best(block, q);
        int at = (q - from) * deepest;
        each.take(q, best, Arrays.copyOfRange(vectors, at, at + best.size()));
      }
    }
  }

  private List<Neighbor> best(Ranked block, int q) {
    List<Neighbor> all = block.found().result().neighbors(q);
    return all.subList(0, Math.min(most, all.size()));
  }
}
