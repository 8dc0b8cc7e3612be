package dev.remap.jobs.stage.compact;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.MomentSegment;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Merges the layers of one unit and commits what comes of it.
 *
 * @param name of the new layer
 * @param sources the merged layers
 * @param isBase whether nothing lies below them: then what is deleted need not be known
 * @param withProducts numbers of the units whose moments keep Σxxᵀ
 */
record CompactTask(
    NumberedTable table,
    String name,
    LayerChain sources,
    boolean isBase,
    Set<Integer> withProducts,
    String run)
    implements UnitRunner.Work<Unit, Long> {

  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    Layer layer = new Layer(task.store(), table.id().layer(name).folder());
    Attempt attempt = new Attempt(run, task.attempt());
    Counts books = new Counts();
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "compact")) {
      MomentSegment moments = moments(unit, writer);
      for (String rows : table.kind().layered()) {
        RowFormat<? extends LayeredRow> format = table.kind().layered(rows, table.dimension());
        books.add(rows, copy(format, unit, task, writer, moments));
      }
      if (moments != null) {
        moments.finish();
      }
      task.settle(writer.commit(books.counts()));
    }
    return books.count(table.kind().rows());
  }

  /** Moments of all that is described, for the next whitening; null where there are none. */
  private MomentSegment moments(Unit unit, UnitWriter writer) {
    if (!isBase || table.kind() != TableKind.DESCRIPTORS) {
      return null;
    }
    int dimension = table.dimension();
    return new MomentSegment(
        writer.segment(folder("moments"), RowFormat.moments(dimension), table.id().origin()),
        withProducts.contains(unit.number())
            ? Moments.full(dimension)
            : Moments.sumsOnly(dimension));
  }

  private <R extends LayeredRow> long copy(
      RowFormat<R> format,
      Unit unit,
      UnitRunner.Task task,
      UnitWriter writer,
      MomentSegment moments) {
    SegmentWriter<R> segment = writer.segment(folder(format.table()), format, table.id().origin());
    Consumer<R> write =
        row -> {
          segment.write(row);
          task.done().accept(1);
          if (moments != null && format.table().equals(TableKind.DESCRIPTORS.rows())) {
            moments.add(((VectorRow) row).vector());
          }
        };
    try (TableReader<R> rows = open(task.store(), format, unit)) {
      rows.forEachRemaining(write);
    }
    return segment.rows();
  }

  private String folder(String rows) {
    return table.id().folder(rows) + "/" + name;
  }

  private <R extends LayeredRow> TableReader<R> open(Store store, RowFormat<R> format, Unit unit) {
    Table<R> merged = sources.table(store, format);
    return isBase && !table.kind().keepsDeletes()
        ? merged.read(unit.range(), Verification.FULL)
        : merged.readChanges(unit.range(), Verification.FULL);
  }
}
