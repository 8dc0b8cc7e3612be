package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.rerank.Ranked;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.spark.broadcast.Broadcast;

/**
 * Leave-one-out evaluation: every image of a group is a query, the others of its group are
 * relevant, the image itself is ignored, all else is wrong. Average precision is that of Oxford5k
 * and Holidays (trapezoidal).
 */
public final class EvaluateGroupsJob extends Job<EvaluateGroupsJob.Todo, EvaluateGroupsJob.Scores> {
  private static final int BLOCK = 64;

  /** About 2 GB on the driver, with what the table of results takes. */
  private static final long MOST_RANKS = 50_000_000;

  private final Generation generation;
  private final String groups;
  private final int mostLabelled;
  private final EvaluationOptions options;

  /**
   * @param groups a folder of the catalogue, or a table: see {@link Groups}
   */
  public EvaluateGroupsJob(JobContext context, Generation generation, String groups) {
    this(context, generation, groups, EvaluationOptions.NONE);
  }

  /** The same with more than the searches alone. */
  public EvaluateGroupsJob(
      JobContext context, Generation generation, String groups, EvaluationOptions options) {
    this(context, generation, groups, Groups.MOST_ROWS, options);
  }

  /**
   * @param mostLabelled images that the driver takes in
   */
  public EvaluateGroupsJob(
      JobContext context,
      Generation generation,
      String groups,
      int mostLabelled,
      EvaluationOptions options) {
    super(context);
    this.generation = generation;
    this.groups = groups;
    this.mostLabelled = mostLabelled;
    this.options = options;
  }

  /** An image that is in a group of at least two. */
  public record Labelled(long key, String imageId, String group, float[] vector)
      implements LeaveOneOut.Image {}

  record Todo(LeaveOneOut<Labelled> groups, int depth, Rankings rankings, Recorded recorded) {}

  /**
   * What one query found.
   *
   * @param ranks of the others of its group, from 0
   */
  private record Found(long key, List<Integer> ranks) implements Serializable {}

  record Scores(List<QueryScore> rows, List<Way> ways) {
    OptionalDouble mean(String search, String rerank) {
      return Recorded.some(rows, "", new Way(search, rerank)).stream()
          .mapToDouble(QueryScore::score)
          .average();
    }
  }

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
        // As it is named from any folder, too.
        Groups.labels(context(), groups, null).groups());
  }

  @Override
  protected Todo plan() {
    LeaveOneOut<Labelled> byGroup = labelled(context(), generation.vectors(), groups, mostLabelled);
    int depth = LeaveOneOut.depth(context(), generation);
    requireFewRanks(byGroup, depth);
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    context()
        .console()
        .say(
            "evaluate generation %d of '%s': %d images in %d groups, among %,d, ranked to %d,"
                + " %s",
            generation.number(),
            generation.index(),
            byGroup.images().size(),
            byGroup.groups().size(),
            generation.entries(context().store()),
            depth - 1,
            shards.probing());
    LeftOut out = LeftOut.nothing();
    byGroup.images().forEach(image -> out.own().put(image.key, image.key));
    return new Todo(
        byGroup,
        depth,
        new Rankings(context(), generation, shards, options, out),
        recorded(byGroup, shards));
  }

  /** The rank of every image that a query should find comes to the driver, for every way. */
  private void requireFewRanks(LeaveOneOut<Labelled> byGroup, int depth) {
    GroupTruth truth = byGroup.truth();
    long ranks =
        2L
            * (1 + options.chains().size())
            * byGroup.images().stream()
                .mapToLong(image -> Math.min(depth, truth.others(image.key)))
                .sum();
    if (ranks > MOST_RANKS) {
      throw new InputException(
          "--groups %s has so many images in each group that %,d ranks would be kept, of at most"
              + " %,d: name a table of fewer images, or lower evaluate.depth",
          groups, ranks, MOST_RANKS);
    }
  }

  private Recorded recorded(LeaveOneOut<Labelled> byGroup, ShardSearcher shards) {
    String given = Groups.labels(context(), groups, null).groups();
    List<String> lines =
        byGroup.images().stream().map(image -> image.imageId + "\t" + image.group).toList();
    Map<String, String> facts = new HashMap<>();
    facts.put(EvaluationRecord.BY, EvaluationList.GROUPS);
    facts.put(EvaluationRecord.DEPTH, context().settings().string("evaluate.depth"));
    facts.put(EvaluationRecord.QUERIES, "catalogue");
    facts.put(
        EvaluationRecord.QUERIES_SHA256,
        EvaluationRecord.sha256(byGroup.images().stream().map(Labelled::imageId).toList()));
    facts.put(EvaluationRecord.TRUTH, given);
    facts.put(EvaluationRecord.TRUTH_SHA256, EvaluationRecord.sha256(lines));
    CommandText line = context().line("evaluate", generation.index()).with("--groups", given);
    return Recorded.of(context(), generation, shards, options, "groups", facts, line);
  }

  /**
   * The indexed images that are in a group of at least two.
   *
   * @param groups a folder of the catalogue, or a table: see {@link Groups}
   * @throws InputException if there are none
   */
  public static LeaveOneOut<Labelled> labelled(JobContext context, Vectors vectors, String groups) {
    return labelled(context, vectors, groups, Groups.MOST_ROWS);
  }

  private static LeaveOneOut<Labelled> labelled(
      JobContext context, Vectors vectors, String groups, int mostLabelled) {
    Groups labels = Groups.of(context, groups);
    List<Unit> units = vectors.units(context);
    LeaveOneOut<Labelled> byGroup =
        new LeaveOneOut<>(
            LeaveOneOut.Found.<Labelled>read(
                    context,
                    "--groups",
                    mostLabelled,
                    units,
                    vectors.rows(context),
                    (store, unit, each) -> labelled(store, vectors, unit, labels, each))
                .labelled());
    if (byGroup.groups().isEmpty()) {
      throw new InputException(
          "--groups %s gives no group of two or more indexed images: name a folder of the catalogue"
              + " with subfolders ('.' for all), or a table with columns image_id and group",
          groups);
    }
    return byGroup;
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
    Broadcast<GroupTruth> truth = context().spark().broadcast(todo.groups.truth());
    int depth = todo.depth - 1;
    Map<Way, List<Found>> found =
        todo.rankings.collect(
            context().spark().parallelize(blocks, blocks.size()),
            todo.depth,
            block -> found(block, truth.value(), depth).iterator());
    Map<Long, Labelled> byKey = new HashMap<>();
    images.forEach(image -> byKey.put(image.key, image));
    List<QueryScore> rows = new ArrayList<>();
    found.forEach(
        (way, queries) -> {
          for (Found query : queries) {
            Labelled image = byKey.get(query.key);
            int others = truth.value().others(query.key);
            int[] ranks = query.ranks.stream().mapToInt(Integer::intValue).toArray();
            rows.add(
                new QueryScore(
                    image.imageId,
                    "",
                    image.group,
                    way.search(),
                    way.rerank(),
                    others,
                    query.ranks,
                    AveragePrecision.trapezoidal(ranks, others)));
          }
        });
    rows.sort(
        Comparator.comparing(QueryScore::search)
            .thenComparing(QueryScore::rerank)
            .thenComparing(QueryScore::query));
    return new Scores(rows, List.copyOf(found.keySet()));
  }

  private static List<Found> found(Ranked block, GroupTruth truth, int depth) {
    List<Found> found = new ArrayList<>();
    for (int q = 0; q < block.queries().size(); q++) {
      long key = block.queries().ids()[q];
      List<Long> ranking =
          block.found().result().neighbors(q).stream().map(Neighbor::key).limit(depth).toList();
      found.add(new Found(key, Arrays.stream(truth.ranks(key, ranking)).boxed().toList()));
    }
    return found;
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    int wanted = todo.groups.images().size() * scores.ways.size();
    if (scores.rows.size() != wanted) {
      throw new JobFailedException(
          "Books of the evaluation do not balance: %d queries in %d ways, %d results",
          todo.groups.images().size(), scores.ways.size(), scores.rows.size());
    }
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    todo.recorded.write(scores.rows);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    context().console().table(table(todo, scores));
    if (options.chains().stream().anyMatch(chain -> chain.neighbours() > 0)) {
      context()
          .console()
          .say(
              "  note: queries are of the catalogue, so each stands in the sums of dba and the graph"
                  + " of diffusion that its group is found by: queries from outside gain less");
    }
    todo.recorded.report(scores.rows);
    List<Long> keys = todo.groups.images().stream().map(Labelled::key).toList();
    FittedOn.warning(context(), generation, keys)
        .ifPresent(warning -> context().console().say("  %s", warning));
  }

  private List<List<String>> table(Todo todo, Scores scores) {
    boolean isReranked = !options.chains().isEmpty();
    List<String> head = new ArrayList<>(List.of("leave-one-out", "queries", "groups"));
    head.addAll(isReranked ? List.of("re-ranking") : List.of());
    head.addAll(List.of("mAP exact", "mAP index"));
    if (isReranked) {
      head.addAll(List.of("gain exact", "its 95 % interval", "gain index", "95 % interval"));
    }
    List<List<String>> table = new ArrayList<>(List.of(head));
    for (Way way : scores.ways) {
      if (way.search().equals(Way.EXACT)) {
        List<String> line =
            new ArrayList<>(
                List.of(
                    groups,
                    Integer.toString(todo.groups.images().size()),
                    Integer.toString(todo.groups.groups().size())));
        line.addAll(isReranked ? List.of(way.shown()) : List.of());
        line.add(Evaluations.score(scores.mean(Way.EXACT, way.rerank())));
        line.add(Evaluations.score(scores.mean(Way.INDEX, way.rerank())));
        if (isReranked) {
          line.addAll(Recorded.gain(scores.rows, "", way));
          line.addAll(Recorded.gain(scores.rows, "", new Way(Way.INDEX, way.rerank())));
        }
        table.add(line);
      }
    }
    return table;
  }

  @Override
  protected Counts books(Scores scores) {
    return new Counts()
        .add("queries", scores.rows.size() / scores.ways.size())
        .add(EvaluationList.EXACT, EvaluationList.millionths(scores.mean(Way.EXACT, "")))
        .add(EvaluationList.FOUND, EvaluationList.millionths(scores.mean(Way.INDEX, "")));
  }
}
