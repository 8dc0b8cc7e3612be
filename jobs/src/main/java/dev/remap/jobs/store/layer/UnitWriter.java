package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One attempt at one unit: data objects under names of its own, then, at most once for the unit,
 * the record that makes them count. Closed before {@link #commit}, it deletes what it wrote;
 * killed, it leaves garbage that nobody reads. For one thread.
 */
public final class UnitWriter implements AutoCloseable {
  private final Layer layer;
  private final Unit unit;
  private final Attempt attempt;
  private final String stage;
  private final SortedMap<String, SegmentWriter<?>> writers = new TreeMap<>();
  private final SortedMap<String, SegmentRef> added = new TreeMap<>();
  private final List<String> finished = new ArrayList<>();
  private final Consumer<String> reached;
  private boolean committing;

  /**
   * Starts an attempt.
   *
   * @param stage names the fault points: {@code after-data}, {@code announced}, {@code
   *     creating-record}, {@code after-record}
   */
  public UnitWriter(Layer layer, Unit unit, Attempt attempt, String stage) {
    this(layer, unit, attempt, stage, KillPoint::reach);
  }

  /**
   * Begins an attempt at a unit.
   *
   * @param reached is told the names of the fault points that the attempt comes to
   */
  public UnitWriter(
      Layer layer, Unit unit, Attempt attempt, String stage, Consumer<String> reached) {
    this.reached = reached;
    this.layer = layer;
    this.unit = unit;
    this.attempt = attempt;
    this.stage = stage;
  }

  /**
   * Starts the unit's segment of a table; this writer finishes or deletes it.
   *
   * @param folder the table's own, such as that of rejects beside that of descriptors
   * @param fingerprints of what the rows are computed from
   */
  public <R extends Row> SegmentWriter<R> segment(
      String folder, RowFormat<R> format, Map<String, String> fingerprints) {
    String table = format.table();
    if (writers.containsKey(table)) {
      throw new IllegalArgumentException(
          "Unit " + unit.number() + " already has a segment of " + table);
    }
    String path = String.format(Locale.ROOT, "%s/segments/%s.parquet", folder, name());
    SegmentWriter<R> writer =
        SegmentWriter.create(layer.store(), path, format, unit.range(), fingerprints);
    writers.put(table, writer);
    return writer;
  }

  /**
   * Adds a file that is in the store already, under a name that its content decides: every attempt
   * at the unit makes the same one, so it is never deleted here.
   */
  public void add(String table, SegmentRef file) {
    layer.store().requireLength(file.file());
    added.put(table, file);
  }

  /** In the names of the attempt's files, and that under which it announces its record. */
  private String name() {
    return String.format(Locale.ROOT, "u%06d-%s", unit.number(), attempt);
  }

  /**
   * Completes and checks the segments, dropping empty ones, and makes them count, unless another
   * attempt was first: then its record and segments are checked, ours deleted, and its record
   * returned.
   *
   * @param counts the unit's books
   */
  public UnitCommit commit(Map<String, Long> counts) {
    UnitRecord own =
        new UnitRecord(
            unit.number(), unit.range(), attempt, finishSegments(), new TreeMap<>(counts));
    reached.accept(stage + ".after-data");
    boolean created = layer.claims().announced(name(), () -> requireWhole(own), () -> create(own));
    reached.accept(stage + ".after-record");
    return created ? new UnitCommit(own, UnitCommit.Outcome.OURS) : giveWay(own);
  }

  /** Announced: what a collection has not deleted by now, it leaves. */
  private void requireWhole(UnitRecord own) {
    reached.accept(stage + ".announced");
    layer.requirePlan();
    Store store = layer.store().doubting();
    for (SegmentRef segment : own.segments().values()) {
      try {
        store.requireLength(segment.file());
      } catch (StoreException e) {
        throw e.damage().isEmpty()
            ? e
            : new StoreException(
                "What unit "
                    + unit.number()
                    + " of "
                    + layer.folder()
                    + " wrote is gone before its record was made ("
                    + segment.path()
                    + "): collected as garbage while it was paused, or deleted; it is done again by"
                    + " the next attempt");
      }
    }
  }

  private boolean create(UnitRecord own) {
    // From here on a failure may be a lost answer, and the record there: nothing is deleted.
    committing = true;
    return layer.create(own, () -> reached.accept(stage + ".creating-record"));
  }

  private SortedMap<String, SegmentRef> finishSegments() {
    SortedMap<String, SegmentRef> segments = new TreeMap<>(added);
    writers.forEach(
        (table, writer) -> {
          if (writer.rows() > 0) {
            SegmentRef segment = writer.finish();
            finished.add(segment.path());
            segments.put(table, segment);
          }
          writer.close();
        });
    return segments;
  }

  private UnitCommit giveWay(UnitRecord own) {
    UnitRecord winner =
        layer
            .record(unit.number())
            .orElseThrow(
                () ->
                    new StoreException(
                        "The record of unit "
                            + unit.number()
                            + " of "
                            + layer.folder()
                            + " was there a moment ago and is not now: run the job again"));
    if (winner.equals(own)) {
      // The answer to our request was lost, and its repetition refused.
      return new UnitCommit(own, UnitCommit.Outcome.OURS);
    }
    deleteFinished();
    if (!winner.range().equals(unit.range())) {
      throw new StoreException(
          "The record of unit "
              + unit.number()
              + " of "
              + layer.folder()
              + " is of keys "
              + winner.range()
              + ", not "
              + unit.range()
              + ": remove the layer and run again");
    }
    Store store = layer.store();
    winner.segments().values().forEach(segment -> store.requireLength(segment.file()));
    return new UnitCommit(winner, UnitCommit.Outcome.THEIRS);
  }

  private void deleteFinished() {
    finished.forEach(layer.store()::deleteQuietly);
  }

  @Override
  public void close() {
    if (committing) {
      return;
    }
    writers.values().forEach(SegmentWriter::close);
    deleteFinished();
  }
}
