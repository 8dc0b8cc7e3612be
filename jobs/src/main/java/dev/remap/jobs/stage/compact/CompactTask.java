package dev.remap.jobs.stage.compact;

import dev.remap.jobs.run.Counts;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.sample.MomentSegment;
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
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.Verification;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Merges the layers of one unit and commits what comes of it.
 *
 * @param name of the new layer
 * @param sources the merged layers
 * @param isBase whether nothing lies below them: then what is deleted need not be known
 * @param parts that descriptors' moments are summed in; null where these are not wanted
 */
record CompactTask(
    NumberedTable table,
    String name,
    LayerChain sources,
    boolean isBase,
    MomentParts parts,
    String run)
    implements UnitRunner.Work<Unit, Long> {

  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    Layer layer = new Layer(task.store(), table.id().layer(name).folder());
    Attempt attempt = new Attempt(run, task.attempt());
    Counts books = new Counts();
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "compact")) {
      Optional<MomentSegment> moments = moments(unit, writer);
      for (String rows : table.kind().layered()) {
        RowFormat<? extends LayeredRow> format = table.kind().layered(rows, table.dimension());
        books.add(rows, copy(format, unit, task, writer, moments));
      }
      moments.ifPresent(MomentSegment::finish);
      task.settle(writer.commit(books.counts()));
    }
    return books.count(table.kind().rows());
  }

  /** Moments of all that is described, for the next whitening, where the unit keeps them. */
  private Optional<MomentSegment> moments(Unit unit, UnitWriter writer) {
    return MomentSegment.of(
        parts,
        unit.range(),
        () ->
            writer.segment(
                folder("moments"), RowFormat.moments(table.dimension()), table.id().origin()));
  }

  private <R extends LayeredRow> long copy(
      RowFormat<R> format,
      Unit unit,
      UnitRunner.Task task,
      UnitWriter writer,
      Optional<MomentSegment> moments) {
    SegmentWriter<R> segment = writer.segment(folder(format.table()), format, table.id().origin());
    Consumer<R> write =
        row -> {
          segment.write(row);
          task.done().accept(1);
          if (format.table().equals(TableKind.DESCRIPTORS.rows())) {
            moments.ifPresent(it -> it.add(row.key(), ((VectorRow) row).vector()));
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
