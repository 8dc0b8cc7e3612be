package dev.remap.jobs.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;

/** The live index's nearest images to some image files. */
public final class SearchJob extends Job<SearchJob.Todo, List<SearchJob.Answer>> {
  private static final int MOST_EXACT = 100_000;

  private final String image;
  private final int exact;
  private final Format format;

  /** How answers are printed. */
  public enum Format {
    TABLE,
    JSON
  }

  /**
   * @param image a file, or a folder of files
   * @param exact how many of the best are ranked again by their stored vectors; 0 for none
   */
  public SearchJob(JobContext context, String image, int exact, Format format) {
    super(context);
    this.image = image;
    this.exact = exact;
    this.format = format;
  }

  record Todo(Generation generation, List<FileQuery> queries, int k) {}

  /** What one query found, best first, or why it could not be searched. */
  record Answer(String path, List<Hit> hits, String failure) {}

  record Hit(long key, String imageId, float score) {}

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
    Generation generation = Generation.live(context());
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
    }
    return new Todo(generation, queries, k);
  }

  @Override
  protected List<Answer> run(Todo todo) {
    JavaRDD<QueryVectors> vectors = QueryVectors.of(context(), todo.generation, todo.queries);
    int depth = Math.max(todo.k, exact);
    List<Neighbors> found =
        TaskFailures.unwrap(
            () ->
                DistributedSearch.run(
                        QueryVectors.blocks(vectors),
                        ShardSearcher.of(context(), todo.generation),
                        depth,
                        context().spark().defaultParallelism())
                    .collect());
    Map<Long, float[]> queryVectors = exact > 0 ? byId(vectors) : Map.of();
    Map<Long, VectorsByKey.Entry> images = images(todo, found);
    Map<Long, String> failures =
        QueryVectors.failures(vectors).stream()
            .collect(Collectors.toMap(QueryVectors.Failure::id, QueryVectors.Failure::reason));
    Map<Long, List<Hit>> hits = new HashMap<>();
    for (Neighbors block : found) {
      for (int q = 0; q < block.queryIds().length; q++) {
        long id = block.queryIds()[q];
        hits.put(id, hits(block.result().neighbors(q), queryVectors.get(id), images, todo.k));
      }
    }
    return todo.queries.stream()
        .map(
            query ->
                new Answer(
                    query.name(),
                    hits.getOrDefault(query.id(), List.of()),
                    failures.get(query.id())))
        .toList();
  }

  private static Map<Long, float[]> byId(JavaRDD<QueryVectors> vectors) {
    Map<Long, float[]> byId = new HashMap<>();
    for (QueryBlock block : QueryVectors.blocks(vectors).collect()) {
      for (int q = 0; q < block.size(); q++) {
        int from = q * block.dimension();
        byId.put(
            block.ids()[q], Arrays.copyOfRange(block.vectors(), from, from + block.dimension()));
      }
    }
    return byId;
  }

  private Map<Long, VectorsByKey.Entry> images(Todo todo, List<Neighbors> found) {
    HashSet<Long> keys = new HashSet<>();
    found.forEach(
        block -> Arrays.stream(block.result().keys()).filter(key -> key >= 0).forEach(keys::add));
    return VectorsByKey.collect(context(), todo.generation.vectors(), keys).stream()
        .collect(Collectors.toMap(VectorsByKey.Entry::key, entry -> entry));
  }

  /** With the query's own vector, ranked by stored vectors; without, as the codes say. */
  private static List<Hit> hits(
      List<Neighbor> neighbors, float[] query, Map<Long, VectorsByKey.Entry> images, int k) {
    return neighbors.stream()
        .map(
            neighbor ->
                query == null
                    ? neighbor
                    : new Neighbor(
                        neighbor.key(),
                        ExactSearcher.distance(query, 0, images.get(neighbor.key()).vector())))
        .sorted()
        .limit(k)
        .map(n -> new Hit(n.key(), images.get(n.key()).imageId(), 1 - n.distance() / 2))
        .toList();
  }

  @Override
  protected void verify(Todo todo, List<Answer> answers) {
    long failed = answers.stream().filter(answer -> answer.failure != null).count();
    if (failed == answers.size()) {
      throw new InputException(
          "None of the %d queries could be described; the first: %s: %s",
          failed, answers.get(0).path, answers.get(0).failure);
    }
  }

  @Override
  protected void report(Todo todo, List<Answer> answers) {
    for (Answer answer : answers) {
      if (format == Format.JSON) {
        context().console().json(json(answer));
      } else {
        print(answer);
      }
    }
  }

  private void print(Answer answer) {
    if (answer.failure != null) {
      context().console().say("\n%s: not searched, %s", answer.path, answer.failure);
      return;
    }
    context().console().say("\n%s", answer.path);
    List<List<String>> rows = new ArrayList<>(List.of(List.of("image id", "score", "key")));
    for (Hit hit : answer.hits) {
      rows.add(
          List.of(
              hit.imageId, String.format(Locale.ROOT, "%.4f", hit.score), Long.toString(hit.key)));
    }
    context().console().table(rows);
  }

  private static String json(Answer answer) {
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
                .put("score", hit.score));
    return node.toString();
  }

  @Override
  protected Counts books(List<Answer> answers) {
    return new Counts().add("queries", answers.size());
  }
}
