package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Snapshots;
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

  static RowSizes of(NightState outset) {
    Store store = outset.store();
    double snapshot =
        mean(store, outset.newest().map(new Snapshots(store)::chain), TableKind.SNAPSHOTS.rows());
    double descriptor = mean(store, outset.below(), TableKind.DESCRIPTORS.rows());
    double values = (double) Float.BYTES * outset.dimension();
    return new RowSizes(
        snapshot > 0 ? snapshot : SNAPSHOT,
        // Deletes have no values: a table of many makes the mean too small.
        Math.max(values, descriptor > 0 ? descriptor : values + HEAD),
        descriptor > values ? descriptor - values : HEAD,
        snapshot > 0 || descriptor > 0);
  }

  private static double mean(Store store, Optional<LayerChain> chain, String table) {
    long rows = chain.map(layers -> layers.storedRows(store, table)).orElse(0L);
    return rows == 0 ? 0 : (double) bytes(store, chain.get(), table) / rows;
  }

  private static long bytes(Store store, LayerChain chain, String table) {
    return chain.ledgers(store).stream()
        .flatMap(ledger -> ledger.segments(table, KeyRange.ALL))
        .mapToLong(placed -> placed.segment().file().bytes())
        .sum();
  }

  double vector(int dimension) {
    return (double) Float.BYTES * dimension + vectorHead;
  }
}
