package dev.remap.jobs.stage.build;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A generation that a new one can be merged from: by the same quantizer, in the same ranges, of
 * vectors that the new ones build on. What comes of it does not depend on which one is taken.
 *
 * @param number of the generation
 * @param folder its layer
 * @param changes the layers of vectors since
 */
record ShardBase(int number, String folder, LayerChain changes) implements Serializable {

  /** In an array that grows, in the one that is handed on, and sorted in native memory. */
  static final int BYTES_OF_CHANGED_KEY = 3 * Long.BYTES;

  /**
   * The newest there is.
   *
   * @param before generations below this number are looked at
   */
  static Optional<ShardBase> find(
      Store store, String index, int before, Vectors vectors, Plan plan) {
    // What was left out of one may belong into another.
    if (!vectors.leftOut().isEmpty()) {
      return Optional.empty();
    }
    List<Integer> numbers = Generation.numbers(store, index);
    for (int i = numbers.size() - 1; i >= 0; i--) {
      if (numbers.get(i) < before) {
        Optional<ShardBase> base = of(store, index, numbers.get(i), vectors, plan);
        if (base.isPresent()) {
          return base;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ShardBase> of(
      Store store, String index, int number, Vectors vectors, Plan plan) {
    String folder = Generation.folder(index, number);
    Optional<Plan> earlier =
        new Layer(store, folder)
            .plan()
            .filter(
                there ->
                    isSame(there, plan, Inputs.QUANTIZER)
                        && isSame(there, plan, Inputs.WHITENING)
                        && isSame(there, plan, Inputs.LAYOUT))
            .filter(there -> there.inputs().find(Inputs.DUPLICATES).isEmpty())
            .filter(there -> ranges(there).equals(ranges(plan)));
    if (earlier.isEmpty()
        || !Generation.isComplete(store, index, number)
        || Ledgers.find(store, folder).isEmpty()) {
      return Optional.empty();
    }
    int snapshot = earlier.get().inputs().snapshot();
    return LayerChain.since(
            store, TableKind.VECTORS.of(vectors.whitening()).folder(), snapshot, vectors.snapshot())
        .map(changes -> new ShardBase(number, folder, changes));
  }

  private static boolean isSame(Plan one, Plan other, String input) {
    return one.inputs().find(input).equals(other.inputs().find(input));
  }

  private static List<Object> ranges(Plan plan) {
    return plan.units().stream().map(Unit::range).map(Object.class::cast).toList();
  }

  /** How many vectors have come, gone or changed since, at most. */
  long changedRows(Store store) {
    return changes.storedRows(store, TableKind.VECTORS.rows());
  }

  /** The keys of a range whose vectors have come, gone or changed since. */
  long[] changedKeys(Store store, RowFormat<VectorRow> format, KeyRange range) {
    LongStream.Builder keys = LongStream.builder();
    try (TableReader<HeaderRow> rows =
        changes.table(store, RowFormat.headers(format)).readChanges(range, Verification.LENGTH)) {
      rows.forEachRemaining(row -> keys.add(row.key()));
    }
    return keys.build().toArray();
  }

  /** The shard of a unit; none if it had no entries. */
  Optional<SegmentRef> shard(Store store, int unit) {
    return Ledgers.of(store, folder).units().stream()
        .filter(record -> record.unit() == unit)
        .map(UnitRecord::segments)
        .map(segments -> segments.get(TableKind.SHARDS.rows()))
        .filter(Objects::nonNull)
        .findFirst();
  }
}
