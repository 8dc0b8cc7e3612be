package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Chain;
import dev.remap.jobs.job.Ledgers;
import dev.remap.jobs.job.Snapshots;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers of a table that came after the snapshot that a model was trained on, newest first as
 * many as hold enough rows.
 */
final class NewestLayers {
  /** Ranges of keys that a sample of them is read from. */
  static final int PARTS = 4;

  private NewestLayers() {}

  /**
   * Those layers as a chain, oldest first; nothing if there is none.
   *
   * @param folder of the table, such as that of an extractor's descriptors
   * @param table its name in ledgers
   * @param number of the newest layer
   * @param trained digest of the listing that the model was trained on
   * @param enough rows
   */
  static Optional<Chain> of(
      Store store, String folder, String table, int number, String trained, long enough) {
    List<String> there = Chain.of(store, folder, number).folders();
    List<String> layers = new ArrayList<>();
    long rows = 0;
    for (int i = there.size() - 1; i > 0 && rows < enough; i--) {
      Ledger ledger = Ledgers.of(store, there.get(i));
      if (trained.equals(ledger.inputs().get(Snapshots.LISTING))) {
        break;
      }
      layers.add(0, there.get(i));
      rows += ledger.rows(table);
    }
    return layers.isEmpty() ? Optional.empty() : Optional.of(new Chain(layers));
  }
}
