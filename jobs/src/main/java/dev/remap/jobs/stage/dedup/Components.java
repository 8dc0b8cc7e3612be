package dev.remap.jobs.stage.dedup;

import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.store.LookAhead;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Connected components by alternating large-star and small-star operations (Kiveris et al.,
 * "Connected Components in MapReduce and Beyond", SoCC 2014). What comes of them does not depend on
 * how edges are spread. A partition is gone through in the order of its arcs, and no neighbourhood
 * is held.
 */
final class Components {
  /** Such operations halve distances; so many would do for any graph that there can be. */
  private static final int MOST_ROUNDS = 200;

  private Components() {}

  /** An edge as one of its ends sees it. */
  record Arc(long node, long neighbour) implements Serializable, Comparable<Arc> {
    private static final Comparator<Arc> ORDER =
        Comparator.comparingLong(Arc::node).thenComparingLong(Arc::neighbour);

    @Override
    public int compareTo(Arc other) {
      return ORDER.compare(this, other);
    }

    /** From the higher key to the lower one. */
    static Arc down(long one, long other) {
      return new Arc(Math.max(one, other), Math.min(one, other));
    }

    Arc reversed() {
      return new Arc(neighbour, node);
    }
  }

  /**
   * The lowest key of its component, for each key that has an edge and is not that itself.
   *
   * @param edges in any direction, each once or more often, none from a key to itself
   * @param parts partitions
   */
  static JavaRDD<Arc> of(JavaRDD<Arc> edges, int parts) {
    JavaRDD<Arc> now = edges.map(edge -> Arc.down(edge.node, edge.neighbour));
    Sum before = null;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      JavaRDD<Arc> large = stars(now.flatMap(Components::bothWays), Star.LARGE, parts);
      JavaRDD<Arc> next = stars(large, Star.SMALL, parts).persist(StorageLevel.DISK_ONLY());
      Sum sum = next.aggregate(Sum.ZERO, Sum::plus, Sum::plus);
      now.unpersist(false);
      now = next;
      if (sum.equals(before)) {
        return now;
      }
      before = sum;
    }
    throw new JobFailedException(
        "The groups of near copies were not found in %d rounds: this is a mistake of the program",
        MOST_ROUNDS);
  }

  private static Iterator<Arc> bothWays(Arc edge) {
    return java.util.List.of(edge, edge.reversed()).iterator();
  }

  private static JavaRDD<Arc> stars(JavaRDD<Arc> arcs, Star star, int parts) {
    JavaPairRDD<Arc, Boolean> sorted =
        arcs.mapToPair(arc -> new Tuple2<>(arc, Boolean.TRUE))
            .repartitionAndSortWithinPartitions(new ByNode(parts));
    return sorted.keys().mapPartitions(rows -> new Stars(rows, star));
  }

  /** What is made of a node and its neighbours. */
  private enum Star {
    /** All higher neighbours are joined to the lowest one. */
    LARGE,
    /** The node itself and all neighbours, which are lower, are joined to the lowest one. */
    SMALL
  }

  /** Goes through sorted arcs: the first of a node has its lowest neighbour. */
  private static final class Stars extends LookAhead<Arc> {
    private final Iterator<Arc> arcs;
    private final Star star;
    private Arc last;
    private long lowest;

    Stars(Iterator<Arc> arcs, Star star) {
      this.arcs = arcs;
      this.star = star;
    }

    @Override
    protected Arc find() {
      while (arcs.hasNext()) {
        Arc arc = arcs.next();
        boolean isFirst = last == null || last.node != arc.node;
        boolean isNew = isFirst || last.neighbour != arc.neighbour;
        if (isFirst) {
          lowest = Math.min(arc.node, arc.neighbour);
        }
        last = arc;
        Arc made = isNew ? made(arc, isFirst) : null;
        if (made != null) {
          return made;
        }
      }
      return null;
    }

    private Arc made(Arc arc, boolean isFirst) {
      return switch (star) {
        case LARGE -> arc.neighbour > arc.node ? new Arc(arc.neighbour, lowest) : null;
        case SMALL -> isFirst ? new Arc(arc.node, lowest) : new Arc(arc.neighbour, lowest);
      };
    }
  }

  /** Tells whether two sets of arcs are the same, as good as certainly. */
  private record Sum(long arcs, long hash) implements Serializable {
    static final Sum ZERO = new Sum(0, 0);

    Sum plus(Arc arc) {
      return new Sum(arcs + 1, hash + SplitMix64.hash(arc.node, arc.neighbour));
    }

    Sum plus(Sum other) {
      return new Sum(arcs + other.arcs, hash + other.hash);
    }
  }

  private static final class ByNode extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int parts;

    ByNode(int parts) {
      this.parts = parts;
    }

    @Override
    public int numPartitions() {
      return parts;
    }

    @Override
    public int getPartition(Object key) {
      return (int) Math.floorMod(SplitMix64.hash(((Arc) key).node, 0), (long) parts);
    }
  }
}
