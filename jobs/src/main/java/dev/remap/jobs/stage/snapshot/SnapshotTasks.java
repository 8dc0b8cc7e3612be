package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.embedding.VectorUri;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.spark.ByUnit;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.LookAhead;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.keys.CollisionFinder;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyExceptions.Collision;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * The distributed part of a snapshot: one shuffle that sorts the listing by key, then a walk beside
 * the snapshot before it.
 *
 * @param units the key ranges that the listing is sorted into
 * @param before the snapshot before; null for the first
 */
record SnapshotTasks(JobContext context, List<Unit> units, LayerChain before) {
  private static final int NAMED_DUPLICATES = 5;

  /** Key first, then image id, so that ids which share a key stand together in a fixed order. */
  public record SortKey(long key, String imageId) implements Comparable<SortKey>, Serializable {
    @Override
    public int compareTo(SortKey other) {
      int byKey = Long.compare(key, other.key);
      return byKey != 0 ? byKey : imageId.compareTo(other.imageId);
    }
  }

  /** What is wrong with one unit's keys. */
  record Findings(List<Collision> collisions, List<String> duplicates) implements Serializable {
    void requireNoDuplicates() {
      if (!duplicates.isEmpty()) {
        throw new InputException(
            "The catalogue lists image ids more than once; every image needs its own:\n  %s",
            new Plain.Lines(duplicates));
      }
    }
  }

  JavaPairRDD<SortKey, ListedImage> sort(JavaRDD<ListedImage> listed, Keys keys) {
    return listed
        .mapToPair(
            image -> new Tuple2<>(new SortKey(keys.key(image.imageId()), image.imageId()), image))
        .repartitionAndSortWithinPartitions(new ByUnit<>(units, SortKey::key));
  }

  /** Looks for ids that share a key, now or with one that was listed before, and for duplicates. */
  List<Findings> check(JavaPairRDD<SortKey, ListedImage> sorted, KeyExceptions exceptions) {
    Walk walk = walk();
    // A pair's class has the names of its two parts.
    JavaRDD<Tuple2<SortKey, ListedImage>> pairs = JavaRDD.fromRDD(sorted.rdd(), sorted.classTag());
    return new UnitRunner(context, "images")
        .over(pairs, 0, (part, rows, task) -> findings(walk.merge(part, rows), exceptions));
  }

  private static Findings findings(Iterator<ListingMerge.Pair> pairs, KeyExceptions exceptions) {
    CollisionFinder finder = new CollisionFinder(exceptions);
    List<String> duplicates = new ArrayList<>();
    ListedImage previous = null;
    while (pairs.hasNext()) {
      ListingMerge.Pair pair = pairs.next();
      finder.accept(pair.key().key(), pair.key().imageId());
      if (pair.image() == null) {
        continue;
      }
      if (previous != null
          && previous.imageId().equals(pair.image().imageId())
          && duplicates.size() < NAMED_DUPLICATES) {
        duplicates.add(
            "%s (%s, %s)"
                .formatted(
                    previous.imageId(),
                    VectorUri.shown(previous.uri()),
                    VectorUri.shown(pair.image().uri())));
      }
      previous = pair.image();
    }
    return new Findings(new ArrayList<>(finder.collisions()), duplicates);
  }

  /**
   * What is not as it was before, one partition per unit, by key, for who looks and writes nothing:
   * ids that share a key, for which a snapshot would record exceptions, keep it.
   */
  JavaRDD<Difference> differences(JavaRDD<ListedImage> listed) {
    return differences(new DistinctKeys(context, KeyHash.SHA_256).sort(listed, this).images());
  }

  /** What is not as it was before, one partition per unit, by key. */
  JavaRDD<Difference> differences(JavaPairRDD<SortKey, ListedImage> sorted) {
    Walk walk = walk();
    return sorted.mapPartitionsWithIndex((index, rows) -> walk.differences(index, rows), true);
  }

  Walk walk() {
    return new Walk(context.taskStore(), units, before);
  }

  /** What a task needs to read the snapshot before beside its part of the listing. */
  record Walk(TaskStore store, List<Unit> units, LayerChain before) implements Serializable {
    Iterator<ListingMerge.Pair> merge(int index, Iterator<Tuple2<SortKey, ListedImage>> rows) {
      if (before == null) {
        return new ListingMerge(rows, Collections.emptyIterator());
      }
      TableReader<SnapshotRow> old =
          before
              .table(store.open(), RowFormat.snapshot())
              .readChanges(units.get(index).range(), Verification.FULL);
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) done -> old.close());
      return new ListingMerge(rows, old);
    }

    Iterator<Difference> differences(int index, Iterator<Tuple2<SortKey, ListedImage>> rows) {
      Iterator<ListingMerge.Pair> pairs = merge(index, rows);
      return new LookAhead<>() {
        @Override
        protected Difference find() {
          Optional<Difference> difference = Optional.empty();
          while (difference.isEmpty() && pairs.hasNext()) {
            difference = pairs.next().difference();
          }
          return difference.orElse(null);
        }
      };
    }
  }

  /** Spreads rows over other units; the differences of a night are few. */
  static JavaRDD<Difference> into(JavaRDD<Difference> differences, List<Unit> units) {
    return differences
        .mapToPair(difference -> new Tuple2<>(difference.key(), difference))
        .repartitionAndSortWithinPartitions(new ByUnit<>(units, SortKey::key))
        .values();
  }

  /** Writes and commits the units that are still to do; one partition per unit of the plan. */
  static void write(
      JobContext context, JavaRDD<Difference> rows, String folder, List<Unit> pending) {
    String run = context.run();
    Map<Integer, Unit> todo = new TreeMap<>();
    pending.forEach(unit -> todo.put(unit.number(), unit));
    new UnitRunner(context, "changes")
        .over(
            rows,
            List.copyOf(todo.keySet()),
            pending.stream().mapToLong(Unit::images).sum(),
            (part, differences, task) -> write(folder, todo.get(part), run, differences, task));
  }

  private static int write(
      String folder, Unit unit, String run, Iterator<Difference> rows, UnitRunner.Task task) {
    Layer layer = new Layer(task.store(), folder);
    Attempt attempt = new Attempt(run, task.attempt());
    Counts books = new Counts();
    for (Difference.Kind kind : Difference.Kind.values()) {
      books.add(name(kind), 0);
    }
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "snapshot")) {
      SegmentWriter<SnapshotRow> segment =
          writer.segment(layer.folder(), RowFormat.snapshot(), Map.of());
      rows.forEachRemaining(
          difference -> {
            segment.write(difference.row());
            books.add(name(difference.kind()), 1);
            task.done().accept(1);
          });
      task.settle(writer.commit(books.counts()));
    }
    return unit.number();
  }

  static String name(Difference.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  static SnapshotRow row(long key, ListedImage image) {
    return new SnapshotRow(
        key,
        Change.PUT,
        image.imageId(),
        image.uri(),
        image.version(),
        image.offset(),
        image.length());
  }

  static SnapshotRow delete(SnapshotRow row) {
    return new SnapshotRow(
        row.key(),
        Change.DELETE,
        row.imageId(),
        "",
        "",
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  /** How many differences there are of each kind. */
  static Map<Difference.Kind, Long> counts(JobContext context, JavaRDD<Difference> rows) {
    Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
    for (Difference.Kind kind : Difference.Kind.values()) {
      counts.put(kind, 0L);
    }
    new UnitRunner(context, "changes")
        .over(rows, 0, (part, some, task) -> counts(some))
        .forEach(found -> found.forEach((kind, rest) -> counts.merge(kind, rest, Long::sum)));
    return counts;
  }

  private static EnumMap<Difference.Kind, Long> counts(Iterator<Difference> rows) {
    EnumMap<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
    rows.forEachRemaining(row -> counts.merge(row.kind(), 1L, Long::sum));
    return counts;
  }
}
