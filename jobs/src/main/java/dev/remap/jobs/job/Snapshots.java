package dev.remap.jobs.job;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SnapshotRow;
import java.util.List;

/** The snapshots of a store: numbered listings of the catalogue, the highest being the newest. */
record Snapshots(Store store) {
  static final String LISTING = "listing";
  static final String TABLE = "snapshot";

  List<Integer> numbers() {
    return Numbered.in(store, "snapshots");
  }

  Layer layer(int number) {
    return new Layer(store, Layout.snapshot(Numbered.name(number)));
  }

  /** The given snapshot, or the newest, which must be complete. */
  int choose(Integer number) {
    List<Integer> all = numbers();
    if (all.isEmpty()) {
      throw new InputException(
          "The store %s has no snapshot: run remap snapshot first", store.root());
    }
    int chosen = number == null ? all.get(all.size() - 1) : number;
    if (!all.contains(chosen)) {
      throw new InputException("There is no snapshot %d: the store has %s", chosen, all);
    }
    if (layer(chosen).ledger().isEmpty()) {
      throw new InputException(
          "Snapshot %d is not complete: run remap snapshot again to finish it", chosen);
    }
    return chosen;
  }

  Ledger ledger(int number) {
    return layer(number).requireLedger();
  }

  Table<SnapshotRow> table(Ledger ledger) {
    return new Table<>(store, RowFormat.snapshot(), List.of(ledger));
  }
}
