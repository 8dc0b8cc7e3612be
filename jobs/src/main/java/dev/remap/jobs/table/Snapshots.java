package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The snapshots of a store: numbered listings of the catalogue, the highest being the newest. */
public record Snapshots(Store store) {

  public List<Integer> numbers() {
    return NumberedFolders.in(store, TableKind.SNAPSHOTS.folder());
  }

  public Layer layer(int number) {
    return new Layer(store, TableKind.SNAPSHOTS.only().layer(number).folder());
  }

  public boolean isComplete(int number) {
    return Ledgers.find(store, TableKind.SNAPSHOTS.only().layer(number).folder()).isPresent();
  }

  /** The newest complete snapshot below that number. */
  public Optional<Integer> newestBelow(int number) {
    return numbers().stream()
        .filter(n -> n < number)
        .sorted(Comparator.reverseOrder())
        .filter(this::isComplete)
        .findFirst();
  }

  /** The given snapshot, or the newest, which must be complete. */
  public int choose(JobContext context, Integer number) {
    List<Integer> all = numbers();
    if (all.isEmpty()) {
      throw new InputException(
          "The store %s has no snapshot: run `%s` first", store.root(), context.line("snapshot"));
    }
    int chosen = number == null ? all.get(all.size() - 1) : number;
    if (!all.contains(chosen)) {
      throw new InputException("There is no snapshot %d: the store has %s", chosen, all);
    }
    if (!isComplete(chosen)) {
      throw new InputException(
          "Snapshot %d is not complete: run `%s` again to finish it",
          chosen, context.line("snapshot").with("--snapshot", chosen));
    }
    return chosen;
  }

  /** The digest of what a complete snapshot lists. */
  public String listing(int number) {
    return inputs(number).listing();
  }

  /** How many images a complete snapshot lists, as its ledger says. */
  public long images(int number) {
    return inputs(number).images();
  }

  /** How many images a complete snapshot lists, counted in the table. */
  public long rows(JobContext context, int number) {
    return RowCounter.count(context, chain(number), RowFormat::snapshot);
  }

  private Inputs inputs(int number) {
    return chain(number).newest(store).inputs();
  }

  public LayerChain chain(int number) {
    return numbered(number).chain(store);
  }

  /** The table of all of them, at one number. */
  public static NumberedTable numbered(int number) {
    return new NumberedTable(TableKind.SNAPSHOTS.only(), number, 0);
  }

  public Table<SnapshotRow> table(int number) {
    return chain(number).table(store, RowFormat.snapshot());
  }
}
