package dev.remap.jobs.job;

import dev.remap.jobs.catalogue.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Collision;
import dev.remap.jobs.store.CollisionFinder;
import dev.remap.jobs.store.KeyExceptions;
import dev.remap.jobs.store.Keys;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.Change;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.SnapshotRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** The distributed part of a snapshot: one shuffle that sorts by key, one partition per unit. */
final class SnapshotTasks {
  private static final int NAMED_DUPLICATES = 5;

  private SnapshotTasks() {}

  /** Key first, then image id, so that ids which share a key stand together in a fixed order. */
  record SortKey(long key, String imageId) implements Comparable<SortKey>, Serializable {
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
            String.join("\n  ", duplicates));
      }
    }
  }

  static JavaPairRDD<SortKey, ListedImage> sort(
      JavaRDD<ListedImage> listed, Keys keys, List<Unit> units) {
    return listed
        .mapToPair(
            image -> new Tuple2<>(new SortKey(keys.key(image.imageId()), image.imageId()), image))
        .repartitionAndSortWithinPartitions(new ByUnit(units));
  }

  /** Looks for ids that share a key and for ids listed twice. */
  static List<Findings> check(JavaPairRDD<SortKey, ListedImage> sorted, KeyExceptions exceptions) {
    return TaskFailures.unwrap(
        () ->
            sorted.mapPartitions(rows -> List.of(findings(rows, exceptions)).iterator()).collect());
  }

  private static Findings findings(
      Iterator<Tuple2<SortKey, ListedImage>> rows, KeyExceptions exceptions) {
    CollisionFinder finder = new CollisionFinder(exceptions);
    List<String> duplicates = new ArrayList<>();
    ListedImage previous = null;
    while (rows.hasNext()) {
      Tuple2<SortKey, ListedImage> row = rows.next();
      ListedImage image = row._2();
      if (previous != null && previous.imageId().equals(image.imageId())) {
        if (duplicates.size() < NAMED_DUPLICATES) {
          duplicates.add(image.imageId() + " (" + previous.uri() + ", " + image.uri() + ")");
        }
      } else {
        finder.accept(row._1().key(), image.imageId());
      }
      previous = image;
    }
    return new Findings(new ArrayList<>(finder.collisions()), duplicates);
  }

  /** Writes and commits the units that are still to do. */
  static void write(
      JobContext context,
      JavaPairRDD<SortKey, ListedImage> sorted,
      String folder,
      List<Unit> pending) {
    TaskStore store = context.taskStore();
    String run = context.run();
    Map<Integer, Unit> todo = new TreeMap<>();
    pending.forEach(unit -> todo.put(unit.number(), unit));
    TaskFailures.unwrap(
        () ->
            sorted
                .mapPartitionsWithIndex(
                    (index, rows) -> {
                      if (todo.containsKey(index)) {
                        write(new Layer(store.open(), folder), todo.get(index), run, rows);
                      }
                      return List.of(index).iterator();
                    },
                    false)
                .count());
  }

  private static void write(
      Layer layer, Unit unit, String run, Iterator<Tuple2<SortKey, ListedImage>> rows) {
    Attempt attempt = new Attempt(run, TaskContext.get().taskAttemptId());
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "snapshot")) {
      SegmentWriter<SnapshotRow> segment =
          writer.segment(layer.folder(), RowFormat.snapshot(), Map.of());
      rows.forEachRemaining(row -> segment.write(row(row._1().key(), row._2())));
      writer.commit(Map.of("listed", segment.rows()));
    }
  }

  private static SnapshotRow row(long key, ListedImage image) {
    return new SnapshotRow(
        key,
        Change.PUT,
        image.imageId(),
        image.uri(),
        image.version(),
        image.offset(),
        image.length());
  }

  private static final class ByUnit extends Partitioner {
    private static final long serialVersionUID = 1;
    private final long[] last;

    ByUnit(List<Unit> units) {
      last = units.stream().mapToLong(unit -> unit.range().to()).toArray();
    }

    @Override
    public int numPartitions() {
      return last.length;
    }

    @Override
    public int getPartition(Object key) {
      int found = java.util.Arrays.binarySearch(last, ((SortKey) key).key());
      return found >= 0 ? found : -found - 1;
    }
  }
}
