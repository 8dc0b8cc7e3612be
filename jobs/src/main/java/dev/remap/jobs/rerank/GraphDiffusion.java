package dev.remap.jobs.rerank;

import dev.remap.core.rerank.MutualGraph;
import dev.remap.core.rerank.RerankStep;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.ExactScore;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Unit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * Diffusion from the images that a query finds first: each of them has a row, what flows from it to
 * the n nearest of itself, and a query's scores are these rows, weighted by the power γ of its own
 * products with the images. An image that nothing flows to keeps its place behind the others. Rows
 * are asked for once in a block of queries.
 */
public record GraphDiffusion(RerankStep step, Flows flows, Collection collection)
    implements Serializable {
  private static final long MOST_EDGES = 1L << 26;

  /** Refuses a graph that is too large for the driver, before anything is searched. */
  static void requireSmall(RerankStep step, long images) {
    long each = step.whole("kd") - 1L;
    if (images * each > MOST_EDGES) {
      throw new InputException(
          "diffusion takes the graph into memory, which has %,d images × %,d edges: at most %,d"
              + " edges are taken, so give a smaller kd",
          images, each, MOST_EDGES);
    }
  }

  /** Takes the graph into the driver's memory and from there to the executors'. */
  public static Broadcast<MutualGraph> graph(
      JobContext context, RerankStep step, GraphRows rows, long images) {
    requireSmall(step, images);
    int each = step.whole("kd") - 1;
    List<Unit> units = KeyPartitioner.even(images, context.unitSize().ofRows(images));
    TreeMap<Long, GraphRows.Near> all = new TreeMap<>();
    for (TreeMap<Long, GraphRows.Near> some :
        new UnitRunner(context, "images of the graph")
            .run(
                units,
                images,
                (unit, task) -> {
                  TreeMap<Long, GraphRows.Near> near =
                      rows.read(task.store(), unit.range(), key -> true, each);
                  near.keySet().removeAll(rows.leftOut());
                  task.done().accept(near.size());
                  return near;
                })) {
      all.putAll(some);
    }
    MutualGraph graph =
        MutualGraph.of(
            all.keySet().stream().mapToLong(Long::longValue).toArray(),
            all.values().stream().map(GraphRows.Near::keys).toArray(long[][]::new),
            all.values().stream().map(GraphRows.Near::scores).toArray(float[][]::new),
            step.number("gamma"));
    return context.spark().broadcast(graph);
  }

  Ranked apply(Store store, Ranked block) {
    Map<Long, Flows.Row> made = flows.of(store, asked(block));
    List<List<Neighbor>> ranked = new ArrayList<>();
    new BestOfEach(collection, step.depth())
        .forEach(
            store,
            block,
            (q, best, vectors) ->
                ranked.add(ranked(block, q, flows(block.vector(q), best, vectors, made))));
    return Orders.ranked(block, ranked);
  }

  private Set<Long> asked(Ranked block) {
    Set<Long> asked = new HashSet<>();
    for (int q = 0; q < block.queries().size(); q++) {
      block.found().result().neighbors(q).stream()
          .limit(step.depth())
          .forEach(neighbor -> asked.add(neighbor.key()));
    }
    return asked;
  }

  private Map<Long, Double> flows(
      float[] query, List<Neighbor> best, float[][] vectors, Map<Long, Flows.Row> made) {
    Map<Long, Double> sums = new HashMap<>();
    for (int i = 0; i < vectors.length; i++) {
      double score = Math.max(0, ExactScore.cosine(query, vectors[i]));
      double weight = StrictMath.pow(score, step.number("gamma"));
      Flows.Row row = made.get(best.get(i).key());
      for (int j = 0; j < row.keys().length; j++) {
        sums.merge(row.keys()[j], weight * row.flows()[j], Double::sum);
      }
    }
    return sums;
  }

  private static List<Neighbor> ranked(Ranked block, int q, Map<Long, Double> flows) {
    List<Neighbor> ranked = new ArrayList<>();
    flows.entrySet().stream()
        .filter(flow -> flow.getValue() > 0)
        .map(flow -> new Scored(flow.getKey(), flow.getValue()))
        .sorted()
        .forEach(scored -> ranked.add(scored.neighbor()));
    Set<Long> reached = new HashSet<>();
    ranked.forEach(neighbor -> reached.add(neighbor.key()));
    block.found().result().neighbors(q).stream()
        .filter(neighbor -> !reached.contains(neighbor.key()))
        .forEach(ranked::add);
    return ranked.subList(0, Math.min(ranked.size(), block.found().result().k()));
  }
}
