package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.extract.ExtractionInput;
import dev.remap.jobs.stage.snapshot.Difference;
import dev.remap.jobs.stage.snapshot.Listing;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Snapshots;
import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterators;
import java.util.stream.StreamSupport;

/**
 * How a listing differs from a snapshot, and what follows for the descriptors of that. Counted
 * beside the store: nothing is written.
 *
 * @param again rejected images that could not be reached and are tried again
 * @param rejected images that stay rejected
 */
record Changes(long added, long changed, long removed, long again, long rejected)
    implements Serializable {

  /**
   * Since a snapshot, all of the listing where there is none.
   *
   * @param described the descriptors of that snapshot, which leave out what was rejected
   */
  static Changes since(
      JobContext context,
      Listing listing,
      Optional<Integer> snapshot,
      Optional<Descriptors> described) {
    LayerChain before = snapshot.map(new Snapshots(context.store())::chain).orElse(null);
    LayerChain below = described.map(it -> it.chain(context.store())).orElse(null);
    long images = listing.size();
    List<Unit> units = KeyPartitioner.even(images, context.unitSize().ofRows(images));
    return new UnitRunner(context, "changes")
            .over(
                listing.differences(context, units, before),
                0,
                (part, differences, task) -> {
                  if (below == null) {
                    return count(differences, Collections.emptyIterator());
                  }
                  try (TableReader<RejectRow> rejects =
                      below
                          .table(task.store(), RowFormat.rejects())
                          .read(units.get(part).range(), Verification.FULL)) {
                    return count(differences, rejects);
                  }
                })
            .stream()
            .reduce(new Changes(0, 0, 0, 0, 0), Changes::plus);
  }

  /** Counts as an extraction would take it, of one range of keys. */
  static Changes count(Iterator<Difference> differences, Iterator<RejectRow> rejects) {
    Map<Difference.Kind, Long> kinds = new EnumMap<>(Difference.Kind.class);
    Iterator<SnapshotRow> rows =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(differences, 0), false)
            .peek(difference -> kinds.merge(difference.kind(), 1L, Long::sum))
            .map(Difference::row)
            .iterator();
    long tried = 0;
    ExtractionInput input = new ExtractionInput(rows, rejects, ExtractionInput.Retry.ACCESS);
    for (; input.hasNext(); input.next()) {
      tried++;
    }
    long added = kinds.getOrDefault(Difference.Kind.ADDED, 0L);
    long changed = kinds.getOrDefault(Difference.Kind.CHANGED, 0L);
    long removed = kinds.getOrDefault(Difference.Kind.REMOVED, 0L);
    return new Changes(added, changed, removed, tried - added - changed, input.passedOver());
  }

  private Changes plus(Changes other) {
    return new Changes(
        added + other.added,
        changed + other.changed,
        removed + other.removed,
        again + other.again,
        rejected + other.rejected);
  }

  /** Rows that a snapshot writes. */
  long rows() {
    return added + changed + removed;
  }

  /** Images that an extraction tries. */
  long tried() {
    return added + changed + again;
  }
}
