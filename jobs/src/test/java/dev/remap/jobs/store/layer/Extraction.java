package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A unit of extraction as its task commits it: descriptors, moments and no rejects. */
public final class Extraction {
  static final int DIMENSION = 8;
  static final List<VectorRow> ROWS =
      Rows.vectors(20, DIMENSION, KeyRange.ALL, new Random(20261122));
  static final Unit UNIT = new Unit(0, KeyRange.ALL, ROWS.size());
  static final String STAGE = "extract";

  private Extraction() {}

  public static Layer layer(Store store) {
    Layer layer = new Layer(store, TableKind.DESCRIPTORS.of("e").layer("s").folder());
    layer.createPlan(new Plan(Inputs.NONE, List.of(UNIT)));
    return layer;
  }

  static UnitWriter writer(Layer layer, Attempt attempt) {
    return new UnitWriter(layer, UNIT, attempt, STAGE);
  }

  static void fill(UnitWriter writer) {
    Map<String, String> from = Map.of("extractor", "e", "snapshot", "s");
    SegmentWriter<VectorRow> descriptors =
        writer.segment(
            TableKind.DESCRIPTORS.of("e").layer("s").folder(),
            RowFormat.descriptors(DIMENSION),
            from);
    ROWS.forEach(descriptors::write);
    SegmentWriter<MomentRow> moments =
        writer.segment(
            TableKind.DESCRIPTORS.of("e").layer("s").folder("moments"),
            RowFormat.moments(DIMENSION),
            from);
    Rows.moments(DIMENSION, new Random(1)).forEach(moments::write);
    writer.segment(
        TableKind.DESCRIPTORS.of("e").layer("s").folder("rejects"), RowFormat.rejects(), from);
  }

  public static UnitCommit commit(Layer layer, Attempt attempt) {
    try (UnitWriter writer = writer(layer, attempt)) {
      fill(writer);
      return writer.commit(Map.of("listed", (long) ROWS.size(), "described", (long) ROWS.size()));
    }
  }

  static List<VectorRow> read(Store store, UnitRecord record) {
    List<VectorRow> rows = new ArrayList<>();
    try (SegmentReader<VectorRow> reader =
        SegmentReader.open(
            store, record.segments().get("descriptors"), RowFormat.descriptors(DIMENSION))) {
      reader.forEachRemaining(rows::add);
    }
    return rows;
  }

  /** Checks on any file system that a unit commits, once, and reads back. */
  public static boolean commitsOnceAndReadsBack(Store store) {
    UnitCommit first = commit(layer(store), new Attempt("run-1", 1));
    UnitCommit second = commit(layer(store), new Attempt("run-2", 1));
    return first.outcome() == UnitCommit.Outcome.OURS
        && second.equals(new UnitCommit(first.record(), UnitCommit.Outcome.THEIRS))
        && store.list(TableKind.DESCRIPTORS.of("e").layer("s").folder() + "/segments").size() == 1
        && read(store, first.record()).equals(ROWS);
  }
}
