package dev.remap.jobs.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.rerank.RerankChain;
import dev.remap.core.rerank.RerankStep;
import dev.remap.core.whitening.Metric;
import dev.remap.index.quantizer.Probing;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.rerank.Ranked;
import dev.remap.jobs.rerank.Reranker;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.TunedPoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;

/** The live index's nearest images to some image files. */
public final class SearchJob extends Job<SearchJob.Todo, SearchJob.Found> {
  private static final int MOST_EXACT = 100_000;
  private static final String RERANK = "search.rerank";

  private final String image;
  private final int exact;
  private final String graph;
  private final Format format;

  /** How answers are printed. */
  public enum Format {
    TABLE,
    JSON
  }

  /**
   * @param image a file, or a folder of files
   * @param exact how many of the best are ranked again by their stored vectors; 0 for none
   * @param graph id of the k-NN graph for what needs one; null where there is only one
   */
  public SearchJob(JobContext context, String image, int exact, String graph, Format format) {
    super(context);
    this.image = image;
    this.exact = exact;
    this.graph = graph;
    this.format = format;
  }

  /**
   * What is searched for.
   *
   * @param probing which lists to visit; nothing where the settings say
   */
  record Todo(
      Generation generation,
      List<FileQuery> queries,
      int k,
      RerankChain chain,
      Optional<Probing> probing) {}

  /**
   * What came of it.
   *
   * @param how the index was searched, in words
   */
  public record Found(Generation generation, String how, List<Answer> answers) {}

  /**
   * What one query found.
   *
   * @param path of the image; the id of a vector
   * @param hits best first
   * @param failure why it could not be searched; null if it was
   */
  public record Answer(String path, List<Hit> hits, String failure) {}

  /**
   * One of them.
   *
   * @param measured how near, as {@link Metric#measured} says it
   */
  public record Hit(long key, String imageId, float measured) {}

  @Override
  protected String name() {
    return "search";
  }

  @Override
  protected Todo plan() {
    int k = context().settings().integer("search.k", 1, 10_000);
    if (exact < 0 || exact > MOST_EXACT) {
      throw new InputException(
          "--exact is %d: give how many of the best are ranked again, at most %d",
          exact, MOST_EXACT);
    }
    if (exact != 0 && exact < k) {
      throw new InputException(
          "--exact %d ranks fewer than the %d neighbours wanted: give at least -k", exact, k);
    }
    RerankChain said = chain(k);
    Generation generation = Generation.live(context());
    Optional<TunedPoints.Point> tuned = tuned(generation);
    RerankChain chain = tuned.map(point -> chain(point, k)).orElse(said);
    Reranker.graph(context(), generation, List.of(chain), graph);
    List<FileQuery> queries = FileQuery.of(context(), generation, image);
    if (format == Format.TABLE) {
      context()
          .console()
          .say(
              "search %,d images of index '%s', generation %d, for %d queries",
              generation.entries(context().store()),
              generation.index(),
              generation.number(),
              queries.size());
      tuned.ifPresent(
          point ->
              context()
                  .console()
                  .say(
                      "  %s, %s: the point that tune --keep has left%s",
                      point.probing(),
                      chain.isEmpty() ? "no re-ranking" : chain,
                      point.queries().isEmpty() ? "" : ", by " + point.queries()));
      if (!chain.isEmpty() && tuned.isEmpty()) {
        context()
            .console()
            .say(
                "  %s%s",
                chain,
                chain.isAugmented()
                    ? ", by exact search in all vectors rather than the index"
                    : "");
      }
    }
    return new Todo(generation, queries, k, chain, tuned.map(TunedPoints.Point::probing));
  }

  /** What tune has left for the generation's lists and codes, unless something else is said. */
  private Optional<TunedPoints.Point> tuned(Generation generation) {
    Settings settings = context().settings();
    return exact > 0
            || settings.says("search.nprobe")
            || settings.says("search.ef-search")
            || settings.says(RERANK)
        ? Optional.empty()
        : TunedPoints.of(settings).of(generation.inputs().quantizer());
  }

  /** At least as many are ranked as are wanted. */
  private static RerankChain chain(TunedPoints.Point point, int k) {
    return point.depth() == 0
        ? RerankChain.NONE
        : RerankChain.NONE.afterExact(Math.max(k, point.depth()));
  }

  /** What follows, {@code --exact} first. */
  private RerankChain chain(int k) {
    String said = context().settings().string(RERANK);
    RerankChain wanted = said.equals("none") ? RerankChain.NONE : RerankChain.parse(said);
    if (exact > 0 && wanted.isAugmented()) {
      throw new InputException("--exact ranks by stored vectors, which dba augments: leave it out");
    }
    for (RerankStep step : wanted.steps()) {
      if (step.ordersBest() && step.depth() < k) {
        throw new InputException(
            "%s orders the %,d best, and %,d neighbours are wanted: give n at least -k",
            step, step.depth(), k);
      }
    }
    return exact == 0 ? wanted : wanted.afterExact(exact);
  }

  @Override
  protected Found run(Todo todo) {
    JavaRDD<QueryVectors> vectors = QueryVectors.of(context(), todo.generation, todo.queries);
    Map<Long, List<Neighbor>> found = found(todo, QueryVectors.blocks(vectors));
    Map<Long, String> imageIds = imageIds(todo, found);
    Map<Long, String> failures =
        QueryVectors.failures(vectors).stream()
            .collect(Collectors.toMap(QueryVectors.Failure::id, QueryVectors.Failure::reason));
    List<Answer> answers =
        todo.queries.stream()
            .map(
                query ->
                    new Answer(
                        query.name(),
                        hits(found.getOrDefault(query.id(), List.of()), imageIds, metric(todo)),
                        failures.get(query.id())))
            .toList();
    return new Found(todo.generation, how(todo), answers);
  }

  private String how(Todo todo) {
    if (todo.chain.isAugmented()) {
      return "by exact search, " + todo.chain;
    }
    return "%s, %s"
        .formatted(shards(todo).probing(), todo.chain.isEmpty() ? "no re-ranking" : todo.chain);
  }

  /** The best of each query that could be described. */
  private Map<Long, List<Neighbor>> found(Todo todo, JavaRDD<QueryBlock> blocks) {
    Reranker reranker =
        Reranker.of(context(), todo.generation, List.of(todo.chain), graph, LeftOut.nothing());
    if (format == Format.TABLE) {
      reranker.remarks().forEach(remark -> context().console().say("  %s", remark));
    }
    ShardSearcher shards = shards(todo);
    int depth = Math.max(todo.k, todo.chain.depth());
    List<Ranked> ranked =
        TaskFailures.unwrap(
            () ->
                reranker
                    .apply(todo.chain, reranker.search(blocks, shards, depth), shards, depth)
                    .collect());
    Map<Long, List<Neighbor>> found = new HashMap<>();
    for (Ranked block : ranked) {
      for (int q = 0; q < block.queries().size(); q++) {
        List<Neighbor> all = block.found().result().neighbors(q);
        found.put(block.queries().ids()[q], all.subList(0, Math.min(todo.k, all.size())));
      }
    }
    return found;
  }

  private ShardSearcher shards(Todo todo) {
    ShardSearcher usual = ShardSearcher.of(context(), todo.generation);
    return todo.probing.map(usual::visiting).orElse(usual);
  }

  private Map<Long, String> imageIds(Todo todo, Map<Long, List<Neighbor>> found) {
    HashSet<Long> keys = new HashSet<>();
    found.values().forEach(row -> row.forEach(neighbor -> keys.add(neighbor.key())));
    return VectorsByKey.collect(context(), todo.generation.vectors(), keys).stream()
        .collect(Collectors.toMap(VectorsByKey.Entry::key, VectorsByKey.Entry::imageId));
  }

  private Metric metric(Todo todo) {
    return todo.generation.metric(context().store());
  }

  private static List<Hit> hits(
      List<Neighbor> neighbors, Map<Long, String> imageIds, Metric metric) {
    return neighbors.stream()
        .map(n -> new Hit(n.key(), imageIds.get(n.key()), metric.measured(n.distance())))
        .toList();
  }

  @Override
  protected void verify(Todo todo, Found found) {
    List<Answer> answers = found.answers;
    long failed = answers.stream().filter(answer -> answer.failure != null).count();
    if (failed == answers.size()) {
      throw new InputException(
          "None of the %d queries could be described; the first: %s: %s",
          failed, answers.get(0).path, answers.get(0).failure);
    }
  }

  @Override
  protected void report(Todo todo, Found found) {
    String measure = metric(todo).measure();
    for (Answer answer : found.answers) {
      if (format == Format.JSON) {
        context().console().json(json(answer, measure));
      } else {
        print(answer, measure);
      }
    }
  }

  private void print(Answer answer, String measure) {
    if (answer.failure != null) {
      context().console().say("\n%s: not searched, %s", answer.path, answer.failure);
      return;
    }
    context().console().say("\n%s", answer.path);
    List<List<String>> rows = new ArrayList<>(List.of(List.of("image id", measure, "key")));
    for (Hit hit : answer.hits) {
      rows.add(
          List.of(
              hit.imageId,
              String.format(Locale.ROOT, "%.4f", hit.measured),
              Long.toString(hit.key)));
    }
    context().console().table(rows);
  }

  private static String json(Answer answer, String measure) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("query", answer.path);
    if (answer.failure != null) {
      return node.put("failure", answer.failure).toString();
    }
    var hits = node.putArray("hits");
    answer.hits.forEach(
        hit ->
            hits.addObject()
                .put("key", hit.key)
                .put("image_id", hit.imageId)
                .put(measure, hit.measured));
    return node.toString();
  }

  @Override
  protected Counts books(Found found) {
    return new Counts().add("queries", found.answers.size());
  }
}
