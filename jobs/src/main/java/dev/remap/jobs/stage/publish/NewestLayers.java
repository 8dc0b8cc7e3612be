package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.table.RowCounter;
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
   * @param table its layers at the number that is looked at
   * @param trained digest of the listing that the model was trained on
   * @param enough rows that they put: a night that takes many images out has rows, and nothing new
   */
  static Optional<LayerChain> of(
      JobContext context, LayerChain table, RowCounter.Format format, String trained, long enough) {
    List<String> there = table.folders();
    List<String> layers = new ArrayList<>();
    long rows = 0;
    for (int i = there.size() - 1; i > 0 && rows < enough; i--) {
      Ledger ledger = Ledgers.of(context.store(), there.get(i));
      if (ledger.inputs().isOf(trained)) {
        break;
      }
      layers.add(0, there.get(i));
      rows = RowCounter.puts(context, new LayerChain(layers), format);
    }
    return layers.isEmpty() ? Optional.empty() : Optional.of(new LayerChain(layers));
  }
}
