package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Complete layers for tests. */
public final class Layers {
  private Layers() {}

  /** Writes a layer of ascending rows, cut into that many units. */
  public static <R extends LayeredRow> Ledger write(
      Store store, String folder, int units, RowFormat<R> format, Collection<R> rows) {
    Layer layer = new Layer(store, folder);
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, Plans.even(units, "").units()));
    for (Unit unit : plan.units()) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("run", 0), "test")) {
        SegmentWriter<R> segment = writer.segment(folder, format, Map.of());
        rows.stream().filter(row -> unit.range().contains(row.key())).forEach(segment::write);
        writer.commit(Map.of());
      }
    }
    return layer.fold(plan, "test");
  }

  /** A layer without rows that is begun, and has one unit of two recorded. */
  public static Layer begin(Store store, String folder, Map<String, String> inputs) {
    Layer layer = new Layer(store, folder);
    Plan plan =
        layer.createPlan(new Plan(new Inputs(new TreeMap<>(inputs)), Plans.even(2, "").units()));
    record(layer, plan.units().get(0));
    return layer;
  }

  /** A complete layer without rows. */
  public static Ledger empty(Store store, String folder, Map<String, String> inputs) {
    Layer layer = begin(store, folder, inputs);
    Plan plan = layer.plan().orElseThrow();
    record(layer, plan.units().get(1));
    return layer.fold(plan, "test");
  }

  private static void record(Layer layer, Unit unit) {
    layer.create(
        new UnitRecord(
            unit.number(), unit.range(), new Attempt("run", 0), new TreeMap<>(), new TreeMap<>()),
        () -> {});
  }

  /** Ranges that do not care where units end. */
  public static List<KeyRange> ranges() {
    long third = Long.MAX_VALUE / 3;
    return List.of(
        KeyRange.ALL,
        new KeyRange(0, third),
        new KeyRange(third + 1, 2 * third),
        new KeyRange(2 * third + 1, Long.MAX_VALUE));
  }

  /** All that is left. */
  public static <R> List<R> rest(Iterator<R> rows) {
    List<R> all = new ArrayList<>();
    rows.forEachRemaining(all::add);
    return all;
  }
}
