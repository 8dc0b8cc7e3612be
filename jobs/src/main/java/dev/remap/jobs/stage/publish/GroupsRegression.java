package dev.remap.jobs.stage.publish;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.evaluate.GroupTruth;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.evaluate.LeaveOneOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.Optional;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Whether images of one group find each other as well in a candidate as in the live generation:
 * leave-one-out mAP, among the images that both hold.
 */
final class GroupsRegression {
  static final String NAME = "groups-map";
  private static final long SEED = 20180815;
  private static final int MOST_QUERIES = 1_000;

  private static final int KEYS_PER_TASK = 32;

  private final JobContext context;
  private final Generation candidate;
  private final Generation live;
  private final int mostLabelled;

  GroupsRegression(JobContext context, Generation candidate, Generation live) {
    this(context, candidate, live, Groups.MOST_ROWS);
  }

  /**
   * @param mostLabelled images that the driver takes in
   */
  GroupsRegression(JobContext context, Generation candidate, Generation live, int mostLabelled) {
    this.context = context;
    this.candidate = candidate;
    this.live = live;
    this.mostLabelled = mostLabelled;
  }

  /** An image that both generations hold, and that is in a group. */
  private record Labelled(long key, String group) implements LeaveOneOut.Image {}

  /** Compares by the groups that a setting names; see {@link Groups}. */
  VerdictCheck check(String groups, Regressions comparisons) {
    LeaveOneOut.Found<Labelled> common = common(Groups.of(context, groups));
    if (common.images() == 0) {
      return VerdictCheck.skipped(NAME, CommonImages.none(context.store(), candidate, live));
    }
    LeaveOneOut<Labelled> byGroup = new LeaveOneOut<>(common.labelled());
    List<Long> queries =
        byGroup.images().stream()
            .map(Labelled::key)
            .sorted(
                Comparator.comparingDouble((Long key) -> SplitMix64.unit(key, SEED))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MOST_QUERIES)
            .sorted()
            .toList();
    if (queries.isEmpty()) {
      return VerdictCheck.skipped(
          NAME,
          "publish.groups " + groups + " gives no group of two images that both generations hold");
    }
    return comparisons.check(
        NAME, what(queries.size(), byGroup.groups().size()), pairs(byGroup, queries));
  }

  private static String what(int queries, int groups) {
    return String.format(
        Locale.ROOT, "leave-one-out mAP of %,d images of %,d groups", queries, groups);
  }

  private LeaveOneOut.Found<Labelled> common(Groups groups) {
    Vectors ours = candidate.vectors();
    Vectors theirs = live.vectors();
    long rows = candidate.entries(context.store());
    return LeaveOneOut.Found.read(
        context,
        "publish.groups",
        mostLabelled,
        KeyPartitioner.even(rows, context.unitSize().ofRows(rows)),
        rows,
        (store, unit, each) -> labelled(store, ours, theirs, unit.range(), groups, each));
  }

  /** Gives those that are in groups; returns how many images both hold. */
  private static long labelled(
      Store store,
      Vectors ours,
      Vectors theirs,
      KeyRange range,
      Groups groups,
      Consumer<Labelled> each) {
    try (CommonImages images = new CommonImages(store, ours, theirs, range)) {
      long common = 0;
      while (images.hasNext()) {
        CommonImages.Image image = images.next();
        if (image.common()) {
          common++;
          groups
              .of(image.imageId())
              .ifPresent(group -> each.accept(new Labelled(image.key(), group)));
        }
      }
      return common;
    }
  }

  private List<PairedBootstrap.Pair> pairs(LeaveOneOut<Labelled> byGroup, List<Long> queries) {
    HashMap<Long, Long> units = new HashMap<>();
    long unit = 0;
    for (List<Labelled> images : byGroup.groups()) {
      unit++;
      for (Labelled image : images) {
        // Images of one group fail together; where groups are few, they have to count one by one.
        boolean few = byGroup.groups().size() < Regressions.LEAST_UNITS;
        units.put(image.key, few ? image.key : unit);
      }
    }
    GroupTruth truth = byGroup.truth();
    Map<Long, Double> now = precisions(candidate, queries, truth);
    Map<Long, Double> before = precisions(live, queries, truth);
    return queries.stream()
        .map(key -> new PairedBootstrap.Pair(units.get(key), before.get(key), now.get(key)))
        .toList();
  }

  private Map<Long, Double> precisions(
      Generation generation, List<Long> queries, GroupTruth groups) {
    int depth = LeaveOneOut.depth(context, generation);
    var truth = context.spark().broadcast(groups);
    JavaRDD<Neighbors> found =
        TaskFailures.unwrap(
            () ->
                DistributedSearch.run(
                    vectors(generation.vectors(), queries),
                    ShardSearcher.of(context, generation),
                    depth,
                    context.spark().defaultParallelism()));
    JavaPairRDD<Long, List<Long>> rankings =
        found
            .flatMapToPair(block -> rankings(block).iterator())
            .persist(StorageLevel.MEMORY_AND_DISK());
    JavaPairRDD<Long, Iterable<Long>> strangers =
        UnsharedResults.between(context, candidate, live)
            .among(rankings.flatMapToPair(query -> byKey(query).iterator()))
            .mapToPair(Tuple2::swap)
            .groupByKey();
    return TaskFailures.unwrap(
        () -> {
          Map<Long, Double> precisions = new HashMap<>();
          rankings
              .leftOuterJoin(strangers)
              .map(query -> precision(query, truth.value()))
              .collect()
              .forEach(query -> precisions.put(query._1(), query._2()));
          rankings.unpersist(false);
          return precisions;
        });
  }

  private static List<Tuple2<Long, List<Long>>> rankings(Neighbors block) {
    List<Tuple2<Long, List<Long>>> rankings = new ArrayList<>();
    for (int q = 0; q < block.queryIds().length; q++) {
      List<Long> keys = block.result().neighbors(q).stream().map(Neighbor::key).toList();
      rankings.add(new Tuple2<>(block.queryIds()[q], keys));
    }
    return rankings;
  }

  private static List<Tuple2<Long, Long>> byKey(Tuple2<Long, List<Long>> query) {
    return query._2().stream().map(key -> new Tuple2<>(key, query._1())).toList();
  }

  private static Tuple2<Long, Double> precision(
      Tuple2<Long, Tuple2<List<Long>, Optional<Iterable<Long>>>> query, GroupTruth truth) {
    Set<Long> ignored = new HashSet<>();
    query._2()._2().or(List.of()).forEach(ignored::add);
    return new Tuple2<>(query._1(), truth.precision(query._1(), query._2()._1(), ignored));
  }

  /** Stored vectors by key, read where they are searched from. */
  private JavaRDD<QueryBlock> vectors(Vectors vectors, List<Long> keys) {
    List<List<Long>> blocks = new ArrayList<>();
    for (int i = 0; i < keys.size(); i += KEYS_PER_TASK) {
      blocks.add(new ArrayList<>(keys.subList(i, Math.min(keys.size(), i + KEYS_PER_TASK))));
    }
    TaskStore store = context.taskStore();
    return context
        .spark()
        .parallelize(blocks, blocks.size())
        .map(block -> read(store.open(), vectors, block));
  }

  private static QueryBlock read(Store store, Vectors vectors, List<Long> keys) {
    List<VectorRow> rows = new ArrayList<>();
    VectorsByKey.each(
        store, vectors, keys.stream().mapToLong(Long::longValue).toArray(), rows::add);
    return QueryBlock.of(rows, VectorRow::key, VectorRow::vector);
  }
}
