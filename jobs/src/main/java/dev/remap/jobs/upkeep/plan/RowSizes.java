package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Snapshots;
import java.util.List;
import java.util.Optional;

/**
 * Bytes of a row in the mean, as the store has them, or assumed where it has none.
 *
 * @param vectorHead of a row of vectors, beside the components
 * @param measured whether any of them was
 */
record RowSizes(double snapshot, double descriptor, double vectorHead, boolean measured) {
  private static final double SNAPSHOT = 130;

  /** Key, id, version and the like. */
  private static final double HEAD = 60;

  static RowSizes of(NightState state) {
    double snapshot = mean(state.store(), state.newest().map(Snapshots::numbered));
    double descriptor = mean(state.store(), state.described().map(Descriptors::table));
    double values = (double) Float.BYTES * state.dimension();
    return new RowSizes(
        snapshot > 0 ? snapshot : SNAPSHOT,
        // Deletes have no values: a table of many makes the mean too small.
        Math.max(values, descriptor > 0 ? descriptor : values + HEAD),
        descriptor > values ? descriptor - values : HEAD,
        snapshot > 0 || descriptor > 0);
  }

  /** 0 if there is no row. */
  private static double mean(Store store, Optional<NumberedTable> table) {
    List<Ledger> ledgers = table.map(it -> it.chain(store).ledgers(store)).orElse(List.of());
    String name = table.map(it -> it.kind().rows()).orElse("");
    double bytes =
        ledgers.stream()
            .flatMap(ledger -> ledger.segments(name, KeyRange.ALL))
            .mapToLong(placed -> placed.segment().file().bytes())
            .sum();
    return bytes / Math.max(1, ledgers.stream().mapToLong(ledger -> ledger.rows(name)).sum());
  }

  double vector(int dimension) {
    return (double) Float.BYTES * dimension + vectorHead;
  }
}
