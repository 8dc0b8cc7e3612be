package dev.remap.jobs.rerank;

import dev.remap.core.rerank.Heat;
import dev.remap.core.rerank.KReciprocal;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.core.rerank.RerankStep;
import dev.remap.core.rerank.SuperGlobal;
import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.sample.ExactScore;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Methods that order the best of a ranking anew; what lies behind them keeps its order. */
final class Orders {
  private Orders() {}

  static Ranked apply(RerankStep step, Collection collection, Store store, Ranked block) {
    List<List<Neighbor>> rows = new ArrayList<>();
    new BestOfEach(collection, step.depth())
        .forEach(
            store,
            block,
            (q, best, vectors) -> {
              List<Neighbor> row =
                  new ArrayList<>(
                      best.isEmpty() ? best : ordered(step, best, block.vector(q), vectors));
              List<Neighbor> all = block.found().result().neighbors(q);
              row.addAll(all.subList(best.size(), all.size()));
              rows.add(row);
            });
    return ranked(block, rows);
  }

  /** The same queries with other rankings. */
  static Ranked ranked(Ranked block, List<List<Neighbor>> rows) {
    Neighbors found = block.found();
    return new Ranked(
        block.queries(),
        new Neighbors(found.queryIds(), SearchResult.of(rows, found.result().k()), found.nanos()));
  }

  /** Nearest first; equal ones by ascending key. */
  static List<Neighbor> ordered(
      RerankStep step, List<Neighbor> best, float[] query, float[][] vectors) {
    if (step.method() == RerankMethod.EXACT) {
      return IntStream.range(0, best.size())
          .mapToObj(i -> new Neighbor(best.get(i).key(), ExactScore.distance(query, vectors[i])))
          .sorted()
          .toList();
    }
    double[] scores = scores(step, query, vectors);
    return IntStream.range(0, best.size())
        .mapToObj(i -> new Scored(best.get(i).key(), scores[i]))
        .sorted()
        .map(Scored::neighbor)
        .toList();
  }

  private static double[] scores(RerankStep step, float[] query, float[][] best) {
    return switch (step.method()) {
      case K_RECIPROCAL ->
          Arrays.stream(
                  new KReciprocal(step.whole("k1"), step.whole("k2"), step.number("lambda"))
                      .distances(query, best))
              .map(distance -> 1 - distance)
              .toArray();
      case SUPER_GLOBAL ->
          new SuperGlobal(step.whole("k"), step.number("beta")).scores(query, best);
      case HEAT -> new Heat(step.number("ground")).scores(query, best);
      default -> throw new IllegalArgumentException(step + " does not order the best anew");
    };
  }
}
