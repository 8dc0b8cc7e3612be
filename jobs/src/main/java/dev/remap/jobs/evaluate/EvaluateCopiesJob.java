package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.core.evaluation.CopyKind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.Progress;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * The labelled test that any catalogue has: seeded distorted copies of some of its images, each of
 * which must find its original, by the index and by exact search.
 */
public final class EvaluateCopiesJob extends Job<EvaluateCopiesJob.Todo, EvaluateCopiesJob.Scores> {
  /** Deep enough that what lies beyond adds less than half a point of average precision. */
  private static final int DEPTH = 100;

  private static final int MOST_IMAGES = 100_000;
  private static final long SEED = 20180814;

  private final Generation generation;
  private final int images;

  /**
   * @param images how many are distorted
   */
  public EvaluateCopiesJob(JobContext context, Generation generation, int images) {
    super(context);
    this.generation = generation;
    this.images = images;
  }

  record Todo(List<CopyQuery> queries, ShardSearcher shards, ExactSearcher exact) {}

  /**
   * One copy's result: ranks from 0, -1 where the original was not among the best {@value #DEPTH}.
   */
  public record Row(String imageId, String kind, int rank, int exactRank, double recallOfExact10)
      implements Serializable {}

  record Scores(List<Row> rows, long failed, double millisPerQuery, String path) {}

  @Override
  protected String name() {
    return "evaluate-copies";
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(
        EvaluationList.INDEX,
        generation.index(),
        EvaluationList.GENERATION,
        Integer.toString(generation.number()));
  }

  @Override
  protected Todo plan() {
    if (images < 1 || images > MOST_IMAGES) {
      throw new InputException(
          "--copies is %d: give the number of images to distort, from 1 to %d",
          images, MOST_IMAGES);
    }
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    List<CopyQuery> queries = copies(context(), generation, images);
    context()
        .console()
        .say(
            "evaluate generation %d of '%s': %d kinds of copies of %d images among %,d, %s",
            generation.number(),
            generation.index(),
            CopyKind.values().length,
            queries.size() / CopyKind.values().length,
            generation.entries(context().store()),
            shards.probing());
    return new Todo(queries, shards, ExactSearcher.of(context(), generation.vectors()));
  }

  /**
   * Copies of every kind of some images of a generation, the same every time.
   *
   * @param images how many are distorted
   * @throws InputException if the generation has none
   */
  public static List<CopyQuery> copies(JobContext context, Generation generation, int images) {
    if (generation.isGiven(context.store())) {
      throw new InputException(
          "The descriptors of generation %d of '%s' are given with the catalogue: there are no"
              + " images to distort; give --groups rather than --copies",
          generation.number(), generation.index());
    }
    List<Long> drawn = KeySample.draw(context, generation.vectors(), images, SEED);
    var table = new Snapshots(context.store()).table(generation.vectors().snapshot());
    List<CopyQuery.Original> originals =
        Concurrently.map(
            drawn,
            key -> {
              KeyRange one = new KeyRange(key, key);
              try (TableReader<SnapshotRow> reader = table.read(one, Verification.LENGTH)) {
                return CopyQuery.Original.of(reader.next());
              }
            });
    return CopyQuery.ofEach(originals, SEED, context.settings());
  }

  @Override
  protected Scores run(Todo todo) {
    try (Progress progress =
        new Progress(context().spark(), context().console(), "copies", todo.queries.size())) {
      return scores(todo, progress.done());
    }
  }

  private Scores scores(Todo todo, LongAccumulator done) {
    JavaRDD<QueryVectors> vectors = QueryVectors.of(context(), generation, todo.queries, done);
    JavaRDD<QueryBlock> blocks = QueryVectors.blocks(vectors);
    JavaPairRDD<Long, Neighbors> approximate = search(blocks, todo.shards);
    JavaPairRDD<Long, Neighbors> exact = search(blocks, todo.exact);
    Map<Long, CopyQuery> byId = new HashMap<>();
    todo.queries.forEach(query -> byId.put(query.id(), query));
    var queries = context().spark().broadcast(new HashMap<>(byId));
    JavaRDD<Row> rows =
        approximate
            .join(exact)
            .flatMap(pair -> rows(pair._2()._1(), pair._2()._2(), queries.value()).iterator());
    List<Row> all = TaskFailures.unwrap(rows::collect);
    long nanos = approximate.map(pair -> pair._2().nanos()).reduce(Long::sum);
    long failed = QueryVectors.failures(vectors).size();
    String path = context().store().locate("evaluations/" + context().run() + "/copies");
    return new Scores(all, failed, nanos / 1e6 / Math.max(1, all.size()), path);
  }

  /** Results by the block's first query, so that two searches of the same blocks can be joined. */
  private JavaPairRDD<Long, Neighbors> search(JavaRDD<QueryBlock> blocks, Searcher searcher) {
    JavaSparkContext spark = context().spark();
    return TaskFailures.unwrap(
            () -> DistributedSearch.run(blocks, searcher, DEPTH, spark.defaultParallelism()))
        .mapToPair(found -> new Tuple2<>(found.queryIds()[0], found))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static List<Row> rows(
      Neighbors approximate, Neighbors exact, Map<Long, CopyQuery> queries) {
    List<Row> rows = new ArrayList<>();
    for (int q = 0; q < approximate.queryIds().length; q++) {
      CopyQuery query = queries.get(approximate.queryIds()[q]);
      rows.add(
          new Row(
              query.original().imageId(),
              query.kind().name().toLowerCase(Locale.ROOT),
              approximate.rank(q, query.original().key()),
              exact.rank(q, query.original().key()),
              Evaluations.overlap(approximate.result(), exact.result(), q, 10)));
    }
    return rows;
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    if (scores.rows.size() + scores.failed != todo.queries.size()) {
      throw new JobFailedException(
          "Books of the evaluation do not balance: %d copies, %d searched, %d failed",
          todo.queries.size(), scores.rows.size(), scores.failed);
    }
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    Evaluations.write(context(), scores.rows, Row.class, scores.path);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("copy", "queries", "mAP exact", "mAP index", "recall@1", "recall@10"));
    for (CopyKind kind : CopyKind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      table.add(line(name, scores.rows.stream().filter(row -> row.kind().equals(name)).toList()));
    }
    table.add(line("all", scores.rows));
    context().console().table(table);
    context()
        .console()
        .say(
            "  index against exact search: %.1f %% of its 10 nearest; %.2f ms per query; %d copies"
                + " could not be made\n"
                + "  per query: %s",
            100 * scores.rows.stream().mapToDouble(Row::recallOfExact10).average().orElse(0),
            scores.millisPerQuery,
            scores.failed,
            scores.path);
    List<Long> keys =
        todo.queries.stream().map(query -> query.original().key()).distinct().toList();
    FittedOn.warning(context(), generation, keys)
        .ifPresent(warning -> context().console().say("  %s", warning));
  }

  private static List<String> line(String name, List<Row> rows) {
    return List.of(
        name,
        Integer.toString(rows.size()),
        Evaluations.score(rows.stream().mapToDouble(row -> precision(row.exactRank())).average()),
        Evaluations.score(rows.stream().mapToDouble(row -> precision(row.rank())).average()),
        Evaluations.score(rows.stream().mapToDouble(row -> within(row.rank(), 1)).average()),
        Evaluations.score(rows.stream().mapToDouble(row -> within(row.rank(), 10)).average()));
  }

  private static double precision(int rank) {
    return AveragePrecision.trapezoidal(rank < 0 ? new int[0] : new int[] {rank}, 1);
  }

  private static double within(int rank, int k) {
    return rank >= 0 && rank < k ? 1 : 0;
  }

  @Override
  protected Counts books(Scores scores) {
    return new Counts()
        .add("copies", scores.rows.size())
        .add("failed", scores.failed)
        .add(
            EvaluationList.EXACT,
            EvaluationList.millionths(
                scores.rows.stream().mapToDouble(row -> precision(row.exactRank())).average()))
        .add(
            EvaluationList.FOUND,
            EvaluationList.millionths(
                scores.rows.stream().mapToDouble(row -> precision(row.rank())).average()));
  }
}
