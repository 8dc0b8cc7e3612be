package dev.remap.jobs.stage.dedup;

import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.spark.ByUnit;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.stage.dedup.Components.Arc;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Groups of near copies: the connected components of those edges of a k-NN graph whose score is
 * high enough. A row is an image of such a group.
 *
 * @param graph the folder of the graph's layer
 * @param units key ranges, a partition each
 */
record Groups(
    TaskStore store,
    String graph,
    Vectors vectors,
    List<Unit> units,
    float threshold,
    KeepRule keep)
    implements Serializable {

  Groups {
    units = List.copyOf(units);
  }

  /**
   * An image of a group, and which one of it is kept.
   *
   * @param group the lowest key
   */
  record Member(long key, String imageId, long group, Candidate kept) implements Serializable {}

  /**
   * An image that may be kept.
   *
   * @param rank the lowest is
   */
  record Candidate(long rank, String imageId, long key) implements Serializable {
    private static final Comparator<Candidate> ORDER =
        Comparator.comparingLong(Candidate::rank)
            .thenComparing(Candidate::imageId)
            .thenComparingLong(Candidate::key);

    Candidate better(Candidate other) {
      return ORDER.compare(this, other) <= 0 ? this : other;
    }
  }

  /** Pairs of near copies. */
  JavaRDD<Arc> edges(JavaSparkContext spark) {
    return spark.parallelize(units, units.size()).flatMap(unit -> edges(unit.range()).iterator());
  }

  private List<Arc> edges(KeyRange range) {
    Store opened = store.open();
    Ledger ledger = Ledgers.of(opened, graph);
    List<SegmentRef> segments =
        ledger.segments(TableKind.GRAPHS.rows(), range).map(Ledger.Placed::segment).toList();
    List<Arc> edges = new ArrayList<>();
    for (SegmentRef segment : segments) {
      try (SegmentReader<NeighborRow> rows =
          SegmentReader.open(opened, segment, RowFormat.neighbors())) {
        rows.forEachRemaining(row -> addEdges(row, edges));
      }
    }
    return edges;
  }

  private void addEdges(NeighborRow row, List<Arc> edges) {
    row.neighbors().stream()
        .filter(neighbor -> neighbor.score() >= threshold)
        .forEach(neighbor -> edges.add(Arc.down(row.key(), neighbor.key())));
  }

  /** The keys of all groups, each with the group's lowest. */
  static JavaPairRDD<Long, Long> keys(JavaRDD<Arc> components) {
    JavaPairRDD<Long, Long> others =
        components.mapToPair(arc -> new Tuple2<>(arc.node(), arc.neighbour()));
    JavaPairRDD<Long, Long> lowest =
        components.map(Arc::neighbour).distinct().mapToPair(key -> new Tuple2<>(key, key));
    return others.union(lowest);
  }

  /** The images of all groups, by key, in a partition for each unit. */
  JavaRDD<Member> members(JavaPairRDD<Long, Long> keys) {
    JavaPairRDD<Long, Candidate> images =
        keys.repartitionAndSortWithinPartitions(new ByUnit<Long>(units, Long::longValue))
            .mapPartitionsToPair(this::images)
            .persist(StorageLevel.DISK_ONLY());
    JavaPairRDD<Long, Candidate> kept = images.reduceByKey(Candidate::better, units.size());
    return images
        .join(kept, units.size())
        .mapToPair(
            pair -> {
              Candidate image = pair._2()._1();
              return new Tuple2<>(
                  image.key, new Member(image.key, image.imageId, pair._1(), pair._2()._2()));
            })
        .repartitionAndSortWithinPartitions(new ByUnit<Long>(units, Long::longValue))
        .values();
  }

  /** Looks up what decides who is kept; by group. */
  private Iterator<Tuple2<Long, Candidate>> images(Iterator<Tuple2<Long, Long>> rows) {
    List<Tuple2<Long, Long>> keys = new ArrayList<>();
    rows.forEachRemaining(keys::add);
    List<Tuple2<Long, Candidate>> images = new ArrayList<>(keys.size());
    Store opened = store.open();
    RowsByKey.read(
        vectors.chain(opened).table(opened, vectors.format()),
        keys.stream().mapToLong(Tuple2::_1).toArray(),
        (position, row) ->
            images.add(
                new Tuple2<>(
                    keys.get(position)._2(),
                    new Candidate(keep.rank(row), row.imageId(), row.key()))));
    return images.iterator();
  }

  /**
   * How large groups are.
   *
   * @param largest images of the largest one; 0 if there is none
   */
  record Sizes(long groups, long images, long largest) implements Serializable {
    Sizes plus(Sizes other) {
      return new Sizes(
          groups + other.groups, images + other.images, Math.max(largest, other.largest));
    }
  }

  /** Counts the images of each group. */
  static Sizes sizes(JavaPairRDD<Long, Long> keys, int parts) {
    return TaskFailures.unwrap(
        () ->
            keys.mapToPair(key -> new Tuple2<>(key._2(), 1L))
                .reduceByKey(Long::sum, parts)
                .values()
                .map(images -> new Sizes(1, images, images))
                .fold(new Sizes(0, 0, 0), Sizes::plus));
  }
}
