package dev.remap.jobs.rerank;

import dev.remap.core.rerank.MutualGraph;
import dev.remap.core.rerank.RerankChain;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.core.rerank.RerankStep;
import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * Searches and what follows them, for blocks of queries in tasks. A task reads the stored vectors
 * of the best of its block by going through their table once.
 */
public final class Reranker {
  private final JobContext context;
  private final Generation generation;
  private final Optional<LayerId> graph;
  private final Broadcast<LeftOut> leftOut;
  private final Map<RerankStep, Broadcast<MutualGraph>> graphs = new HashMap<>();
  private final Map<RerankStep, Prepared> prepared = new LinkedHashMap<>();

  private Reranker(
      JobContext context, Generation generation, Optional<LayerId> graph, LeftOut leftOut) {
    this.context = context;
    this.generation = generation;
    this.graph = graph;
    this.leftOut = context.spark().broadcast(leftOut);
  }

  /**
   * One for these chains, for which a graph of the generation is chosen where they need one.
   *
   * @param wanted the graph's id; null where there is only one
   * @throws InputException if there is no such graph, or if its lists are shorter than is asked for
   */
  public static Reranker of(
      JobContext context,
      Generation generation,
      java.util.Collection<RerankChain> chains,
      String wanted,
      LeftOut leftOut) {
    Reranker reranker =
        new Reranker(context, generation, graph(context, generation, chains, wanted), leftOut);
    chains.stream()
        .flatMap(chain -> chain.steps().stream())
        .filter(step -> step.neighbours() > 0)
        .forEach(reranker::prepare);
    return reranker;
  }

  private void prepare(RerankStep step) {
    Prepared found = Prepared.of(context, generation, graph.orElseThrow(), step, leftOut.value());
    prepared.put(step, found);
    if (step.method() == RerankMethod.DIFFUSION && found.layer().isEmpty()) {
      GraphDiffusion.requireSmall(step, generation.entries(context.store()));
    }
  }

  /** Where dba and diffusion have from what they take of the catalogue, in sentences. */
  public List<String> remarks() {
    return prepared.values().stream().map(Prepared::remark).distinct().toList();
  }

  /** The graph that chains need, if they need one. */
  public static Optional<LayerId> graph(
      JobContext context,
      Generation generation,
      java.util.Collection<RerankChain> chains,
      String wanted) {
    chains.forEach(chain -> requireDirections(context, generation, chain));
    int most = chains.stream().mapToInt(RerankChain::neighbours).max().orElse(0);
    if (most == 0) {
      if (wanted != null) {
        throw new InputException("--graph is for dba and diffusion: --rerank names neither");
      }
      return Optional.empty();
    }
    LayerId graph = Graphs.choose(context, generation, wanted);
    for (RerankChain chain : chains) {
      requireLong(context, generation, chain, graph);
      chain.steps().stream()
          .filter(step -> step.method() == RerankMethod.DIFFUSION)
          .filter(step -> prepared(context, generation, graph, step).isEmpty())
          .forEach(step -> GraphDiffusion.requireSmall(step, generation.entries(context.store())));
    }
    return Optional.of(graph);
  }

  /** The layer that was prepared for a step, if there is one. */
  private static Optional<LayerId> prepared(
      JobContext context, Generation generation, LayerId graph, RerankStep step) {
    PreparedName name = new PreparedName(GraphName.of(graph), step);
    return Prepared.find(context.store(), generation, graph, name);
  }

  /** What the layer of a step that is prepared is made from. */
  public static Inputs inputs(JobContext context, LayerId graph, PreparedName name) {
    return Prepared.inputs(context.store(), graph, name);
  }

  private static void requireLong(
      JobContext context, Generation generation, RerankChain chain, LayerId graph) {
    int k = GraphName.of(graph).k();
    if (chain.neighbours() > k) {
      throw new InputException(
          "%s needs the %,d nearest of every image, and graph %s has %,d: ask for fewer, or run `%s`",
          chain,
          chain.neighbours(),
          graph.table().id(),
          k,
          context
              .line("knn", generation.index())
              .with("--generation", generation.number())
              .with("-k", chain.neighbours())
              .with("--depth", Math.max(100, Math.min(10_000, 2 * chain.neighbours()))));
    }
  }

  /** All methods but the ranking by stored vectors are about vectors of length one. */
  private static void requireDirections(
      JobContext context, Generation generation, RerankChain chain) {
    boolean isExact = chain.steps().stream().allMatch(step -> step.method() == RerankMethod.EXACT);
    if (!isExact && generation.metric(context.store()) == Metric.L2) {
      throw new InputException(
          "%s goes by inner products of vectors of length one, and the vectors of index '%s' keep"
              + " their lengths (embeddings.metric is l2): exact alone can follow a search there",
          chain, generation.index());
    }
  }

  /** The best {@code depth} of each query, without what is left out. */
  public JavaRDD<Ranked> search(JavaRDD<QueryBlock> blocks, Searcher searcher, int depth) {
    Broadcast<LeftOut> out = leftOut;
    return blocks
        .keyBy(block -> block.ids()[0])
        .join(
            DistributedSearch.run(blocks, searcher, depth, context.spark().defaultParallelism())
                .keyBy(found -> found.queryIds()[0]))
        .values()
        .map(pair -> new Ranked(pair._1(), out.value().of(pair._2())))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /**
   * What a chain makes of a search.
   *
   * @param plain what {@link #search} found
   * @param searcher that found it, which expanded queries ask again
   * @param depth of the searches
   */
  public JavaRDD<Ranked> apply(
      RerankChain chain, JavaRDD<Ranked> plain, Searcher searcher, int depth) {
    Vectors vectors = generation.vectors();
    JavaRDD<Ranked> now = plain;
    Searcher asked = searcher;
    Collection collection = new Collection.Stored(vectors);
    if (chain.isAugmented()) {
      collection = augmented(chain.steps().get(0));
      asked =
          new CollectionSearcher(
              context.taskStore(), vectors, new ArrayList<>(vectors.units(context)), collection);
      now = search(plain.map(Ranked::queries), asked, depth);
    }
    for (RerankStep step : chain.steps()) {
      now = step(step, now, collection, asked, depth);
    }
    return now;
  }

  private Collection augmented(RerankStep step) {
    Vectors vectors = generation.vectors();
    return prepared
        .get(step)
        .layer()
        .<Collection>map(layer -> new Collection.Kept(layer.folder(), vectors.dimension()))
        .orElseGet(() -> new Collection.Augmented(vectors, rows(), step.whole("k")));
  }

  private Flows flows(RerankStep step) {
    return prepared
        .get(step)
        .layer()
        .<Flows>map(layer -> new Flows.Kept(layer.folder()))
        .orElseGet(
            () ->
                // The same for the index's results as for those of exact search.
                new Flows.Made(
                    step,
                    rows(),
                    graphs.computeIfAbsent(
                        step,
                        same ->
                            GraphDiffusion.graph(
                                context, same, rows(), generation.entries(context.store())))));
  }

  private JavaRDD<Ranked> step(
      RerankStep step, JavaRDD<Ranked> now, Collection collection, Searcher searcher, int depth) {
    TaskStore store = context.taskStore();
    return switch (step.method()) {
      case DBA -> now;
      case AQE, ALPHA_QE ->
          search(
              now.map(block -> Expansions.apply(step, collection, store.open(), block))
                  .persist(StorageLevel.MEMORY_AND_DISK()),
              searcher,
              depth);
      case DIFFUSION -> {
        GraphDiffusion diffusion = new GraphDiffusion(step, flows(step), collection);
        yield now.map(block -> diffusion.apply(store.open(), block));
      }
      case EXACT, K_RECIPROCAL, SUPER_GLOBAL, HEAT ->
          now.map(block -> Orders.apply(step, collection, store.open(), block));
    };
  }

  private GraphRows rows() {
    HashSet<Long> out = leftOut.value().everywhere();
    return new GraphRows(graph.orElseThrow().folder(), out);
  }
}
