package dev.remap.jobs.stage.clean;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.clean.GroupParts.Match;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a k-NN graph says of labelled images. Takes, of each of their neighbours in their own group,
 * about 40 bytes.
 */
final class LabelledGraph {
  /** Neighbours in their own groups that the driver takes in. */
  private static final int MOST_ARCS = 50_000_000;

  private final Set<Long> keys = new HashSet<>();
  private final Map<String, List<Arc>> arcs = new HashMap<>();
  private final Agreement agreement = new Agreement();
  private final Seen seen = new Seen();

  private LabelledGraph() {}

  /** That an image has a neighbour in its own group. */
  private record Arc(long from, long to, float score) implements Serializable {}

  /** Neighbours of labelled images: all, those without a label, and those of the own group. */
  private static final class Seen implements Serializable {
    private static final long serialVersionUID = 1L;

    private long all;
    private long unlabelled;
    private long arcs;

    private void add(Seen other) {
      all += other.all;
      unlabelled += other.unlabelled;
      arcs += other.arcs;
      requireFewer(arcs);
    }

    private void add(boolean isLabelled, boolean isArc) {
      all++;
      unlabelled += isLabelled ? 0 : 1;
      arcs += isArc ? 1 : 0;
      requireFewer(arcs);
    }
  }

  /** Refuses more than the driver takes in. */
  static void requireFewer(long arcs) {
    if (arcs > MOST_ARCS) {
      throw new InputException(
          "Labelled images have more than %,d neighbours in their own groups, and no more are taken"
              + " in: take a graph of fewer neighbours (knn -k, --graph), or label fewer images",
          MOST_ARCS);
    }
  }

  /** What one unit of the graph says. */
  private static final class Part implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Long> keys = new ArrayList<>();
    private final HashMap<String, ArrayList<Arc>> arcs = new HashMap<>();
    private final Agreement agreement = new Agreement();
    private final Seen seen = new Seen();

    private void add(NeighborRow row, Groups groups) {
      Optional<String> group = groups.of(row.imageId());
      if (group.isEmpty()) {
        return;
      }
      keys.add(row.key());
      for (NeighborRow.Neighbor neighbor : row.neighbors()) {
        Optional<String> other = groups.of(neighbor.imageId());
        seen.add(other.isPresent(), other.equals(group));
        other.ifPresent(it -> agreement.add(neighbor.score(), it.equals(group.get())));
        if (other.equals(group)) {
          arcs.computeIfAbsent(group.get(), name -> new ArrayList<>())
              .add(new Arc(row.key(), neighbor.key(), neighbor.score()));
        }
      }
    }
  }

  /**
   * Reads a graph.
   *
   * @param folder of its layer
   */
  static LabelledGraph read(JobContext context, String folder, Groups groups) {
    Ledger ledger = Ledgers.of(context.store(), folder);
    List<Unit> units =
        ledger.units().stream().map(record -> new Unit(record.unit(), record.range(), 0)).toList();
    LabelledGraph graph = new LabelledGraph();
    new UnitRunner(context, "rows")
        .forEach(
            units,
            0,
            (unit, task) -> read(task.store(), folder, unit, groups),
            (at, part) -> graph.add(part));
    return graph;
  }

  private static Part read(Store store, String folder, Unit unit, Groups groups) {
    Part part = new Part();
    List<SegmentRef> segments =
        Ledgers.of(store, folder)
            .segments(TableKind.GRAPHS.rows(), unit.range())
            .map(Ledger.Placed::segment)
            .toList();
    for (SegmentRef segment : segments) {
      try (SegmentReader<NeighborRow> rows =
          SegmentReader.open(store, segment, RowFormat.neighbors())) {
        rows.forEachRemaining(row -> part.add(row, groups));
      }
    }
    return part;
  }

  private void add(Part part) {
    seen.add(part.seen);
    keys.addAll(part.keys);
    part.arcs.forEach(
        (group, some) -> arcs.computeIfAbsent(group, name -> new ArrayList<>()).addAll(some));
    agreement.add(part.agreement);
  }

  /** Whether it has an image. */
  boolean has(Labelled image) {
    return keys.contains(image.key());
  }

  Agreement agreement() {
    return agreement;
  }

  /** Neighbours of labelled images. */
  long neighbours() {
    return seen.all;
  }

  /** Those of them that have no label. */
  long unlabelled() {
    return seen.unlabelled;
  }

  /** Pairs of images of a group of which each is a neighbour of the other, scored high enough. */
  List<Match> matches(String group, float threshold) {
    Map<Long, Set<Long>> up = new TreeMap<>();
    List<Match> matches = new ArrayList<>();
    List<Arc> all = arcs.getOrDefault(group, List.of());
    for (Arc arc : all) {
      if (arc.from < arc.to && arc.score >= threshold) {
        up.computeIfAbsent(arc.from, key -> new HashSet<>()).add(arc.to);
      }
    }
    for (Arc arc : all) {
      if (arc.from > arc.to && up.getOrDefault(arc.to, Set.of()).contains(arc.from)) {
        matches.add(new Match(arc.to, arc.from, arc.score));
      }
    }
    matches.sort(Comparator.comparingLong(Match::one).thenComparingLong(Match::other));
    return matches;
  }
}
