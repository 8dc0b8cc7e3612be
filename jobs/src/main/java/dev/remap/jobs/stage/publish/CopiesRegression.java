package dev.remap.jobs.stage.publish;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.evaluate.QueryVectors;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.Progress;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Whether distorted copies of the same images find their originals as well in a candidate as in the
 * live generation, among the images that both hold. Each describes the copies as it describes its
 * own images.
 */
final class CopiesRegression {
  static final String NAME = "copies-recall-at-1";
  private static final long SEED = 20180814;

  /** Images are drawn from so many ranges of keys, each read by a task. */
  private static final int RANGES = 8;

  private static final int WIDER = 8;

  /** So many images that only one generation holds may be nearer than the original. */
  private static final int DEPTH = 50;

  /** With fewer of the copies than this share made, what they tell is about the storage. */
  private static final double LEAST_MADE = 0.5;

  private final JobContext context;
  private final Generation candidate;
  private final Generation live;

  CopiesRegression(JobContext context, Generation candidate, Generation live) {
    this.context = context;
    this.candidate = candidate;
    this.live = live;
  }

  /** Distorts so many of the images that both generations hold. */
  VerdictCheck check(int images, Regressions comparisons) {
    List<CopyQuery.Original> originals = originals(images);
    List<CopyQuery> queries = CopyQuery.ofEach(originals, SEED, context.settings());
    if (queries.isEmpty()) {
      return VerdictCheck.skipped(NAME, CommonImages.none(context.store(), candidate, live));
    }
    boolean isTwice = !candidate.describesAs(live);
    context
        .console()
        .say(
            "  compare with generation %d: %,d copies of %,d images, each read, distorted,"
                + " described%s and searched in both",
            live.number(), queries.size(), originals.size(), isTwice ? " twice" : "");
    List<PairedBootstrap.Pair> pairs;
    try (Progress progress =
        new Progress(
            context.spark(), context.console(), "copies", (isTwice ? 2L : 1L) * queries.size())) {
      pairs = pairs(queries, progress.done());
    }
    int left = queries.size() - pairs.size();
    return pairs.size() < LEAST_MADE * queries.size()
        ? notMade(left, queries.size())
        : comparisons.check(NAME, what(pairs.size(), left), pairs);
  }

  private static VerdictCheck notMade(int left, int queries) {
    return VerdictCheck.of(
        NAME,
        VerdictCheck.Outcome.FAILED,
        1 - (double) left / queries,
        LEAST_MADE,
        String.format(
            Locale.ROOT,
            "%,d of %,d copies could not be made: are the catalogue's images still where they were?"
                + " (publish.copies=0 leaves the comparison out)",
            left,
            queries));
  }

  private static String what(int made, int left) {
    String more =
        left == 0
            ? ""
            : String.format(Locale.ROOT, " (%,d more could not be made, and are left out)", left);
    return String.format(Locale.ROOT, "recall@1 of %,d copies%s", made, more);
  }

  private List<CopyQuery.Original> originals(int images) {
    long rows = Math.min(candidate.entries(context.store()), live.entries(context.store()));
    List<CopyQuery.Original> found = new ArrayList<>();
    // Where the two have little in common, it takes more to find as many.
    for (double share = KeySample.share(images, rows); ; share *= WIDER) {
      found.clear();
      found.addAll(originals(KeySample.ranges(RANGES, share)));
      if (found.size() >= images || share >= 1) {
        break;
      }
    }
    found.sort(
        Comparator.comparingDouble((CopyQuery.Original image) -> SplitMix64.unit(image.key(), SEED))
            .thenComparingLong(CopyQuery.Original::key));
    return found.subList(0, Math.min(images, found.size()));
  }

  private List<CopyQuery.Original> originals(List<KeyRange> ranges) {
    Vectors ours = candidate.vectors();
    Vectors theirs = live.vectors();
    return new UnitRunner(context, "images")
        .run(ranges, 0, (range, task) -> common(task.store(), ours, theirs, range)).stream()
            .flatMap(List::stream)
            .toList();
  }

  private static ArrayList<CopyQuery.Original> common(
      Store store, Vectors ours, Vectors theirs, KeyRange range) {
    ArrayList<CopyQuery.Original> found = new ArrayList<>();
    try (CommonImages images = new CommonImages(store, ours, theirs, range);
        TableReader<SnapshotRow> listing =
            new Snapshots(store).table(ours.snapshot()).read(range, Verification.LENGTH)) {
      SnapshotRow row = null;
      while (images.hasNext()) {
        CommonImages.Image image = images.next();
        while ((row == null || row.key() < image.key()) && listing.hasNext()) {
          row = listing.next();
        }
        if (image.common() && row != null && row.key() == image.key()) {
          found.add(CopyQuery.Original.of(row));
        }
      }
    }
    return found;
  }

  /** The copies that could be searched in both, in the order of their numbers. */
  private List<PairedBootstrap.Pair> pairs(List<CopyQuery> queries, LongAccumulator done) {
    HashMap<Long, Long> originals = new HashMap<>();
    queries.forEach(query -> originals.put(query.id(), query.original().key()));
    JavaRDD<QueryVectors> vectors = QueryVectors.of(context, candidate, queries, done);
    Map<Long, Boolean> now = first(vectors, candidate, originals);
    Map<Long, Boolean> before;
    if (candidate.describesAs(live)) {
      before = first(vectors, live, originals);
    } else {
      vectors.unpersist(false);
      vectors = QueryVectors.of(context, live, queries, done);
      before = first(vectors, live, originals);
    }
    vectors.unpersist(false);
    return queries.stream()
        .map(CopyQuery::id)
        .filter(id -> now.containsKey(id) && before.containsKey(id))
        .map(
            id ->
                new PairedBootstrap.Pair(
                    id / CopyKind.values().length, score(before.get(id)), score(now.get(id))))
        .toList();
  }

  private static double score(boolean found) {
    return found ? 1 : 0;
  }

  /** Whether, of the images that both generations hold, each copy's nearest is its original. */
  private Map<Long, Boolean> first(
      JavaRDD<QueryVectors> vectors, Generation generation, HashMap<Long, Long> originals) {
    var keys = context.spark().broadcast(originals);
    JavaRDD<Neighbors> results =
        TaskFailures.unwrap(
                () ->
                    DistributedSearch.run(
                        QueryVectors.blocks(vectors),
                        ShardSearcher.of(context, generation),
                        DEPTH,
                        context.spark().defaultParallelism()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    JavaPairRDD<Long, Long> nearer =
        results.flatMapToPair(block -> nearer(block, keys.value()).iterator());
    JavaPairRDD<Long, Long> strangers =
        UnsharedResults.between(context, candidate, live).among(nearer);
    return TaskFailures.unwrap(
        () -> {
          Map<Long, Boolean> first = new HashMap<>();
          results
              .flatMap(block -> found(block, keys.value()).iterator())
              .collect()
              .forEach(query -> first.put(query._1(), query._2()));
          nearer
              .subtract(strangers)
              .values()
              .distinct()
              .collect()
              .forEach(beaten -> first.put(beaten, false));
          results.unpersist(false);
          return first;
        });
  }

  private static List<Tuple2<Long, Boolean>> found(Neighbors block, Map<Long, Long> originals) {
    List<Tuple2<Long, Boolean>> found = new ArrayList<>();
    for (int q = 0; q < block.queryIds().length; q++) {
      long id = block.queryIds()[q];
      found.add(new Tuple2<>(id, block.rank(q, originals.get(id)) >= 0));
    }
    return found;
  }

  /** Keys that were found nearer than the original, with the query's number. */
  private static List<Tuple2<Long, Long>> nearer(Neighbors block, Map<Long, Long> originals) {
    List<Tuple2<Long, Long>> nearer = new ArrayList<>();
    for (int q = 0; q < block.queryIds().length; q++) {
      long id = block.queryIds()[q];
      int rank = block.rank(q, originals.get(id));
      block.result().neighbors(q).stream()
          .limit(Math.max(0, rank))
          .forEach(neighbor -> nearer.add(new Tuple2<>(neighbor.key(), id)));
    }
    return nearer;
  }
}
