package dev.remap.jobs.stage.publish;

import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * How stored vectors find themselves in the shards that were made of them.
 *
 * @param queries how many were searched
 * @param found how many were among their own ten nearest, or as near as the tenth: equal images
 *     have equal codes, and of more than ten of them a search names those with the lowest keys
 * @param seen how many have an entry in the lists that were searched for them
 * @param errors sum over those of the squared distance from vector to code: exact, and so the same
 *     in any order, whatever lengths vectors have
 */
record SelfRetrieval(long queries, long found, long seen, BigDecimal errors)
    implements Serializable {
  /** Nothing searched. */
  static final SelfRetrieval NONE = new SelfRetrieval(0, 0, 0, BigDecimal.ZERO);

  private static final int NEIGHBOURS = 10;

  /** However few vectors are asked for, so many tell more than chance. */
  private static final int LEAST = 100;

  /** However many vectors there are, so many tell the share to a tenth of a percent. */
  static final int MOST = 200_000;

  private static final int ROWS_PER_RANGE = 4096;
  private static final int WIDER = 8;

  /** Searches every n-th vector of a generation, at least about 100 and at most about 200,000. */
  static SelfRetrieval ofEvery(JobContext context, Generation generation, int every) {
    long rows = generation.entries(context.store());
    LayerChain layers = generation.vectors().chain(context.store());
    int shards = generation.shards(context.store()).size();
    for (double share = share(every, rows); ; share *= WIDER) {
      int parts = (int) Math.max(shards, share * rows / ROWS_PER_RANGE);
      SelfRetrieval found = of(context, generation, layers, KeySample.ranges(parts, share));
      if (found.queries > 0 || share >= 1) {
        return found;
      }
    }
  }

  static double share(int every, long rows) {
    double most = (double) MOST / Math.max(1, rows);
    return Math.min(most, Math.max(1.0 / every, KeySample.share(LEAST, rows)));
  }

  /**
   * Searches about {@code wanted} of the vectors that some layers put.
   *
   * @param rows how many they put
   */
  static SelfRetrieval ofLayers(
      JobContext context, Generation generation, LayerChain layers, long rows, int wanted) {
    double share = KeySample.share(wanted, rows);
    return of(context, generation, layers, KeySample.ranges(NewestLayers.PARTS, share));
  }

  private static SelfRetrieval of(
      JobContext context, Generation generation, LayerChain layers, List<KeyRange> ranges) {
    JavaRDD<QueryBlock> queries =
        StoredVectors.of(context, generation.vectors(), layers, ranges)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return TaskFailures.unwrap(
          () ->
              DistributedSearch.run(
                      queries,
                      ShardSearcher.of(context, generation, ShardSearcher.Queries.STORED),
                      NEIGHBOURS,
                      context.spark().defaultParallelism())
                  .map(SelfRetrieval::of)
                  .fold(NONE, SelfRetrieval::plus));
    } finally {
      queries.unpersist(false);
    }
  }

  static SelfRetrieval of(Neighbors neighbors) {
    SelfRetrieval sum = new SelfRetrieval(neighbors.queryIds().length, 0, 0, BigDecimal.ZERO);
    SearchResult result = neighbors.result();
    for (int q = 0; q < neighbors.queryIds().length; q++) {
      float own = result.own()[q];
      if (own < Float.POSITIVE_INFINITY) {
        boolean named = neighbors.rank(q, neighbors.queryIds()[q]) >= 0;
        boolean equalsLast = own == result.distances()[(q + 1) * result.k() - 1];
        sum = sum.plus(new SelfRetrieval(0, named || equalsLast ? 1 : 0, 1, new BigDecimal(own)));
      }
    }
    return sum;
  }

  SelfRetrieval plus(SelfRetrieval other) {
    return new SelfRetrieval(
        queries + other.queries, found + other.found, seen + other.seen, errors.add(other.errors));
  }

  double share() {
    return queries == 0 ? 0 : (double) found / queries;
  }

  /** Mean squared distance between a vector and what its code says, over those that were seen. */
  double meanError() {
    return seen == 0 ? 0 : errors.doubleValue() / seen;
  }
}
