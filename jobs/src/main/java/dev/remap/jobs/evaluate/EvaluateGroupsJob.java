package dev.remap.jobs.evaluate;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Leave-one-out evaluation: every image of a group is a query, the others of its group are
 * relevant, the image itself is ignored, all else is wrong. Average precision is that of Oxford5k
 * and Holidays (trapezoidal).
 */
public final class EvaluateGroupsJob extends Job<EvaluateGroupsJob.Todo, EvaluateGroupsJob.Scores> {
  private static final int BLOCK = 64;

  private final Generation generation;
  private final String groups;
  private final int mostLabelled;

  /**
   * @param groups a folder of the catalogue, or a table: see {@link Groups}
   */
  public EvaluateGroupsJob(JobContext context, Generation generation, String groups) {
    this(context, generation, groups, Groups.MOST_ROWS);
  }

  /**
   * @param mostLabelled images that the driver takes in
   */
  public EvaluateGroupsJob(
      JobContext context, Generation generation, String groups, int mostLabelled) {
    super(context);
    this.generation = generation;
    this.groups = groups;
    this.mostLabelled = mostLabelled;
  }

  /** An image that is in a group of at least two. */
  record Labelled(long key, String imageId, String group, float[] vector)
      implements LeaveOneOut.Image {}

  record Todo(LeaveOneOut<Labelled> groups, int depth, ShardSearcher shards) {}

  /** One query's result. */
  public record Row(
      String imageId, String group, int relevant, double precision, double exactPrecision)
      implements Serializable {}

  record Scores(List<Row> rows, String path) {}

  @Override
  protected String name() {
    return "evaluate-groups";
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(
        EvaluationList.INDEX,
        generation.index(),
        EvaluationList.GENERATION,
        Integer.toString(generation.number()),
        EvaluationList.GROUPS,
        groups);
  }

  @Override
  protected Todo plan() {
    Groups labels = Groups.of(context(), groups);
    LeaveOneOut<Labelled> byGroup = new LeaveOneOut<>(labelled(generation.vectors(), labels));
    if (byGroup.groups().isEmpty()) {
      throw new InputException(
          "--groups %s gives no group of two or more indexed images: name a folder of the catalogue"
              + " with subfolders ('.' for all), or a table with columns image_id and group",
          groups);
    }
    int depth = LeaveOneOut.depth(context(), generation);
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    context()
        .console()
        .say(
            "evaluate generation %d of '%s': %d images in %d groups, among %,d, ranked to %d,"
                + " nprobe %d",
            generation.number(),
            generation.index(),
            byGroup.images().size(),
            byGroup.groups().size(),
            generation.entries(context().store()),
            depth - 1,
            shards.nprobe());
    return new Todo(byGroup, depth, shards);
  }

  private List<Labelled> labelled(Vectors vectors, Groups labels) {
    List<Unit> units = vectors.units(context());
    return LeaveOneOut.Found.<Labelled>read(
            context(),
            "--groups",
            mostLabelled,
            units,
            vectors.rows(context()),
            (store, unit, each) -> labelled(store, vectors, unit, labels, each))
        .labelled();
  }

  private static long labelled(
      Store store, Vectors vectors, Unit unit, Groups labels, Consumer<Labelled> each) {
    try (TableReader<VectorRow> rows =
        vectors.chain(store).table(store, vectors.format()).read(unit.range(), Verification.FULL)) {
      long read = 0;
      while (rows.hasNext()) {
        VectorRow row = rows.next();
        read++;
        labels
            .of(row.imageId())
            .map(group -> new Labelled(row.key(), row.imageId(), group, row.vector()))
            .ifPresent(each);
      }
      return read;
    }
  }

  @Override
  protected Scores run(Todo todo) {
    List<Labelled> images = todo.groups.images();
    List<QueryBlock> blocks = QueryBlock.split(images, BLOCK, Labelled::key, Labelled::vector);
    JavaRDD<QueryBlock> queries = context().spark().parallelize(blocks, blocks.size());
    ExactSearcher exact = ExactSearcher.of(context(), generation.vectors());
    HashMap<Long, String> imageIds = new HashMap<>();
    images.forEach(image -> imageIds.put(image.key, image.imageId));
    Broadcast<GroupTruth> truth = context().spark().broadcast(todo.groups.truth());
    Broadcast<HashMap<Long, String>> ids = context().spark().broadcast(imageIds);
    JavaRDD<Row> rows =
        search(queries, todo.shards, todo.depth)
            .join(search(queries, exact, todo.depth))
            .flatMap(
                pair ->
                    rows(pair._2()._1(), pair._2()._2(), truth.value(), ids.value()).iterator());
    String path = context().store().locate("evaluations/" + context().run() + "/groups");
    return new Scores(TaskFailures.unwrap(rows::collect), path);
  }

  private JavaPairRDD<Long, Neighbors> search(
      JavaRDD<QueryBlock> queries, Searcher searcher, int depth) {
    return DistributedSearch.run(queries, searcher, depth, context().spark().defaultParallelism())
        .mapToPair(found -> new Tuple2<>(found.queryIds()[0], found));
  }

  private static List<Row> rows(
      Neighbors approximate, Neighbors exact, GroupTruth truth, Map<Long, String> ids) {
    List<Row> rows = new ArrayList<>();
    for (int q = 0; q < approximate.queryIds().length; q++) {
      long key = approximate.queryIds()[q];
      rows.add(
          new Row(
              ids.get(key),
              truth.group(key),
              truth.others(key),
              truth.precision(approximate, q),
              truth.precision(exact, q)));
    }
    return rows;
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    if (scores.rows.size() != todo.groups.images().size()) {
      throw new JobFailedException(
          "Books of the evaluation do not balance: %d queries, %d results",
          todo.groups.images().size(), scores.rows.size());
    }
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    Evaluations.write(context(), scores.rows, Row.class, scores.path);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    context()
        .console()
        .table(
            List.of(
                List.of("leave-one-out", "queries", "groups", "mAP exact", "mAP index"),
                List.of(
                    groups,
                    Integer.toString(scores.rows.size()),
                    Integer.toString(todo.groups.groups().size()),
                    Evaluations.score(
                        scores.rows.stream().mapToDouble(Row::exactPrecision).average()),
                    Evaluations.score(
                        scores.rows.stream().mapToDouble(Row::precision).average()))));
    context().console().say("  per query: %s", scores.path);
    List<Long> keys = todo.groups.images().stream().map(Labelled::key).toList();
    FittedOn.warning(context(), generation, keys)
        .ifPresent(warning -> context().console().say("  %s", warning));
  }

  @Override
  protected Counts books(Scores scores) {
    return new Counts()
        .add("queries", scores.rows.size())
        .add(
            EvaluationList.EXACT,
            EvaluationList.millionths(
                scores.rows.stream().mapToDouble(Row::exactPrecision).average()))
        .add(
            EvaluationList.FOUND,
            EvaluationList.millionths(scores.rows.stream().mapToDouble(Row::precision).average()));
  }
}
