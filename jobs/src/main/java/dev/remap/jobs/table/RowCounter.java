package dev.remap.jobs.table;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.SmallWork;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.List;

/**
 * Counts the keys that a table has at one number: those whose newest row is a put. The rows that
 * its layers store are more: they have deletes among them, and rows that newer ones replace.
 */
public final class RowCounter {
  /** Headers are some ten bytes a row. */
  private static final long ROWS_PER_TASK = 1 << 22;

  private RowCounter() {}

  /** Makes a table's format where it is needed: formats do not travel. */
  @FunctionalInterface
  public interface Format extends Serializable {
    RowFormat<? extends LayeredRow> make();
  }

  /** What is counted. */
  private enum Rows {
    PUTS,
    /** Deletes too, as long as nothing newer replaces them. */
    CHANGES
  }

  /**
   * Layers, of which the newest may have no ledger yet.
   *
   * @param begun what its ledger will say; null if it has one
   */
  private record Layers(LayerChain chain, Ledger begun) implements Serializable {
    List<Ledger> ledgers(Store store) {
      return chain.folders().stream()
          .map(
              folder ->
                  begun != null && begun.layer().equals(folder) ? begun : Ledgers.of(store, folder))
          .toList();
    }

    long stored(Store store, String table) {
      return ledgers(store).stream().mapToLong(ledger -> ledger.rows(table)).sum();
    }
  }

  /** How many there are. */
  public static long count(JobContext context, LayerChain chain, Format format) {
    return count(context, new Layers(chain, null), format);
  }

  /** How many there will be once a layer counts that may have no ledger yet. */
  static long with(JobContext context, Ledger layer, Format format) {
    Layers layers = new Layers(LayerChain.endingAt(context.store(), layer), layer);
    return count(context, layers, format);
  }

  /** A single layer has puts alone, unless a compaction made it, which may keep deletes. */
  private static long count(JobContext context, Layers layers, Format format) {
    boolean putsAlone =
        layers.chain.isFlat() && !LayerChain.isMerged(layers.chain.folders().get(0));
    return putsAlone
        ? layers.stored(context.store(), format.make().table())
        : remembered(context, layers, format, Rows.PUTS);
  }

  /** How many rows layers put that lie above others: there, also a single one has deletes. */
  public static long puts(JobContext context, LayerChain chain, Format format) {
    return remembered(context, new Layers(chain, null), format, Rows.PUTS);
  }

  /** The keys that these layers put or delete, each once. */
  public static long changes(JobContext context, LayerChain chain, Format format) {
    Layers layers = new Layers(chain, null);
    return chain.isFlat()
        ? layers.stored(context.store(), format.make().table())
        : remembered(context, layers, format, Rows.CHANGES);
  }

  private static long remembered(JobContext context, Layers layers, Format format, Rows rows) {
    String what = format.make().table() + " " + rows;
    List<Ledger> ledgers = layers.ledgers(context.store());
    return context.remembered(ledgers, what, () -> counted(context, layers, format, rows));
  }

  private static long counted(JobContext context, Layers layers, Format format, Rows wanted) {
    long stored = layers.stored(context.store(), format.make().table());
    if (stored == 0) {
      return 0;
    }
    return new SmallWork(context, "rows")
            .run(
                KeyPartitioner.even(stored, ROWS_PER_TASK),
                (unit, store) -> count(unit, layers, format, wanted, store))
            .stream()
            .mapToLong(Long::longValue)
            .sum();
  }

  private static long count(Unit unit, Layers layers, Format format, Rows wanted, Store store) {
    Table<HeaderRow> table =
        new Table<>(store, RowFormat.headers(format.make()), layers.ledgers(store));
    long rows = 0;
    try (TableReader<HeaderRow> reader =
        wanted == Rows.PUTS
            ? table.read(unit.range(), Verification.LENGTH)
            : table.readChanges(unit.range(), Verification.LENGTH)) {
      for (; reader.hasNext(); reader.next()) {
        rows++;
      }
    }
    return rows;
  }
}
