package dev.remap.jobs.evaluate;

import dev.remap.core.rerank.RerankChain;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.rerank.Ranked;
import dev.remap.jobs.rerank.Reranker;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.search.WholeRankings;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.table.Generation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * The same queries ranked in several ways: by exact search and by the index, alone and with what
 * follows. Vectors that dba augments are in no index: with it, search is exact only.
 */
record Rankings(
    JobContext context,
    Generation generation,
    ShardSearcher shards,
    EvaluationOptions options,
    LeftOut leftOut) {

  /** What is taken of the rankings of both searches, in each way. */
  <T> Map<Way, List<T>> collect(
      JavaRDD<QueryBlock> blocks, int depth, FlatMapFunction<Ranked, T> taking) {
    return collect(List.of(Way.EXACT, Way.INDEX), blocks, depth, taking);
  }

  /**
   * What is taken of each way's rankings.
   *
   * @param searches exact search, that of the index, or both
   * @param depth of rankings; searches are deeper where a method looks further
   */
  <T> Map<Way, List<T>> collect(
      List<String> searches,
      JavaRDD<QueryBlock> blocks,
      int depth,
      FlatMapFunction<Ranked, T> taking) {
    Reranker reranker =
        Reranker.of(context, generation, options.chains(), options.graph().orElse(null), leftOut);
    reranker.remarks().forEach(remark -> context.console().say("  %s", remark));
    long entries = generation.entries(context.store());
    int deep =
        (int) Math.max(1, Math.min(entries, Math.max(depth, options.depth() + leftOut.most())));
    Map<Way, List<T>> found = new LinkedHashMap<>();
    searches.forEach(
        search -> {
          Searcher searcher = searcher(search);
          JavaRDD<Ranked> plain = reranker.search(blocks, searcher, deep);
          found.put(new Way(search, ""), taken(plain, taking));
          for (RerankChain chain : options.chains()) {
            if (search.equals(Way.EXACT) || !chain.isAugmented()) {
              context.console().say("  %s search, %s", search, chain);
              found.put(
                  new Way(search, chain.toString()),
                  taken(reranker.apply(chain, plain, searcher, deep), taking));
            }
          }
          plain.unpersist(false);
        });
    return found;
  }

  /**
   * Where some entries stand in whole rankings by each search alone. Nothing is left out of these.
   *
   * @param wanted keys by the ids of queries
   */
  Map<Way, List<Places>> standings(JavaRDD<QueryBlock> blocks, Map<Long, HashSet<Long>> wanted) {
    Map<Way, List<Places>> found = new LinkedHashMap<>();
    for (String search : List.of(Way.EXACT, Way.INDEX)) {
      found.put(
          new Way(search, ""),
          TaskFailures.unwrap(
                  () -> WholeRankings.of(context.spark(), blocks, searcher(search), wanted))
              .stream()
              .map(Places::of)
              .toList());
    }
    return found;
  }

  private Searcher searcher(String search) {
    return search.equals(Way.EXACT) ? ExactSearcher.of(context, generation.vectors()) : shards;
  }

  private static <T> List<T> taken(JavaRDD<Ranked> ranked, FlatMapFunction<Ranked, T> taking) {
    return TaskFailures.unwrap(() -> ranked.flatMap(taking).collect());
  }
}
