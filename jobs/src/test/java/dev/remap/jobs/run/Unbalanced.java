package dev.remap.jobs.run;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Layers as a faulty run would leave them, at the moment before they have a ledger. */
public final class Unbalanced {
  private Unbalanced() {}

  /**
   * Takes the ledger of a layer away, and one row of its first unit that has any; the record says
   * nothing of that.
   *
   * @param counts that the record then has, instead of those it had
   */
  public static <R extends Row> void withoutOneRow(
      Store store, Layer layer, RowFormat<R> format, Map<String, Long> counts) {
    delete(store, layer.ledgerPath());
    UnitRecord record =
        layer.records().stream()
            .filter(unit -> unit.segments().containsKey(format.table()))
            .findFirst()
            .orElseThrow();
    SegmentRef segment = record.segments().get(format.table());
    List<R> rows = new ArrayList<>();
    try (SegmentReader<R> reader = SegmentReader.open(store, segment, format)) {
      reader.forEachRemaining(rows::add);
    }
    delete(store, layer.recordPath(record.unit()));
    Unit unit = layer.plan().orElseThrow().units().get(record.unit());
    try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("faulty", 0), "test")) {
      record.segments().entrySet().stream()
          .filter(other -> !other.getKey().equals(format.table()))
          .forEach(other -> writer.add(other.getKey(), other.getValue()));
      String folder = segment.path().replaceFirst("/segments/.*", "");
      SegmentWriter<R> written = writer.segment(folder, format, Map.of());
      rows.subList(1, rows.size()).forEach(written::write);
      Map<String, Long> said = new TreeMap<>(record.counts());
      said.putAll(counts);
      writer.commit(said);
    }
    Ledgers.forget();
  }

  /** Takes the ledger of a layer away, and lets the record of its first unit tell of one less. */
  public static void withOneLess(Store store, Layer layer, String table) {
    delete(store, layer.ledgerPath());
    UnitRecord record = layer.record(0).orElseThrow();
    SegmentRef file = record.segments().get(table);
    delete(store, layer.recordPath(0));
    Unit unit = layer.plan().orElseThrow().units().get(0);
    try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("faulty", 0), "test")) {
      writer.add(table, new SegmentRef(file.file(), file.rows() - 1));
      writer.commit(record.counts());
    }
    Ledgers.forget();
  }

  public static void delete(Store store, String path) {
    try {
      Files.delete(path(store, path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path path(Store store, String path) {
    return Path.of(java.net.URI.create(store.locate(path)));
  }
}
