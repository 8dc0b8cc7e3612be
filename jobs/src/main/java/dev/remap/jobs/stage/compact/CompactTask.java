package dev.remap.jobs.stage.compact;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
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
    Compactable table,
    String name,
    LayerChain sources,
    boolean isBase,
    Set<Integer> withProducts,
    String run)
    implements UnitRunner.Work<Unit, Long> {

  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    Layer layer = new Layer(task.store(), table.table() + "/" + name);
    Attempt attempt = new Attempt(run, task.attempt());
    Counts books = new Counts();
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "compact")) {
      MomentSegment moments = moments(unit, writer);
      for (Compactable.Part part : table.parts(name)) {
        long rows = copy(part.folder(), part.format(), unit, task, writer, moments);
        books.add(part.format().table(), rows);
      }
      if (moments != null) {
        moments.finish();
      }
      task.settle(writer.commit(books.counts()));
    }
    return books.count(table.rows());
  }

  /** Moments of all that is described, for the next whitening; null where there are none. */
  private MomentSegment moments(Unit unit, UnitWriter writer) {
    if (!isBase || table.kind() != Compactable.Kind.DESCRIPTORS) {
      return null;
    }
    int dimension = table.dimension();
    return new MomentSegment(
        writer.segment(
            Layout.moments(table.id(), name), RowFormat.moments(dimension), table.fingerprints()),
        withProducts.contains(unit.number())
            ? Moments.full(dimension)
            : Moments.sumsOnly(dimension));
  }

  private <R extends LayeredRow> long copy(
      String folder,
      RowFormat<R> format,
      Unit unit,
      UnitRunner.Task task,
      UnitWriter writer,
      MomentSegment moments) {
    SegmentWriter<R> segment = writer.segment(folder, format, table.fingerprints());
    Consumer<R> write =
        row -> {
          segment.write(row);
          task.done().accept(1);
          if (moments != null && format.table().equals(Descriptors.TABLE)) {
            moments.add(((VectorRow) row).vector());
          }
        };
    try (TableReader<R> rows = open(task.store(), format, unit)) {
      rows.forEachRemaining(write);
    }
    return segment.rows();
  }

  private <R extends LayeredRow> TableReader<R> open(Store store, RowFormat<R> format, Unit unit) {
    Table<R> merged = sources.table(store, format);
    return isBase && !table.keepsDeletes()
        ? merged.read(unit.range(), Verification.FULL)
        : merged.readChanges(unit.range(), Verification.FULL);
  }
}
