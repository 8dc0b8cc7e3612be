package dev.remap.jobs.store.layer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All records of a finished layer in one file.
 *
 * @param layer the layer's folder
 * @param inputs as in the layer's plan
 * @param units the record of every unit, in order
 */
public record Ledger(String layer, Inputs inputs, List<UnitRecord> units) implements Serializable {
  private static final long serialVersionUID = 1L;

  public Ledger {
    units = List.copyOf(units);
  }

  /** Folds the records of a plan's units; throws {@link StoreException} if any is not there. */
  static Ledger of(String layer, Plan plan, List<UnitRecord> records) {
    SortedMap<Integer, UnitRecord> byUnit = new TreeMap<>();
    records.forEach(record -> byUnit.put(record.unit(), record));
    for (Unit unit : plan.units()) {
      UnitRecord record = byUnit.get(unit.number());
      if (record == null) {
        throw new StoreException(
            "Unit " + unit.number() + " of " + layer + " is not done: run the job again");
      }
      if (!record.range().equals(unit.range())) {
        throw new StoreException(
            "The record of unit "
                + unit.number()
                + " of "
                + layer
                + " is of keys "
                + record.range()
                + ", and the plan's unit of "
                + unit.range()
                + ": plan and records do not belong together; remove the layer and run again");
      }
    }
    if (byUnit.size() != plan.units().size()) {
      throw new StoreException(
          layer
              + " has records of "
              + byUnit.size()
              + " units, and its plan has "
              + plan.units().size()
              + ": remove the layer and run again");
    }
    return new Ledger(layer, plan.inputs(), List.copyOf(byUnit.values()));
  }

  /**
   * What every segment of the layer must have been computed from: its table's artifact, above all.
   */
  public Map<String, String> origin() {
    SortedMap<String, String> origin = new TreeMap<>(inputs.byName());
    LayerId.of(layer).ifPresent(id -> origin.putAll(id.table().origin()));
    return origin;
  }

  /** A segment and the keys of the unit that wrote it. */
  public record Placed(KeyRange range, SegmentRef segment) {}

  /** The segments of a table that can hold keys of that range, in order of keys. */
  public Stream<Placed> segments(String table, KeyRange range) {
    return units.stream()
        .filter(record -> record.range().overlaps(range) && record.segments().containsKey(table))
        .map(record -> new Placed(record.range(), record.segments().get(table)));
  }

  /** The rows of a table. */
  public long rows(String table) {
    return segments(table, KeyRange.ALL).mapToLong(placed -> placed.segment().rows()).sum();
  }

  /** The books of all units added up. */
  public SortedMap<String, Long> counts() {
    SortedMap<String, Long> sums = new TreeMap<>();
    units.forEach(
        record ->
            record.counts().forEach((name, count) -> sums.merge(name, count, Math::addExact)));
    return Collections.unmodifiableSortedMap(sums);
  }

  byte[] toBytes() {
    ObjectNode header = Json.versioned().put("layer", layer);
    Json.putAll(header.putObject("inputs"), inputs.byName());
    return Json.bytes(header, "units", units.stream().map(UnitRecord::toJson).iterator());
  }

  static Ledger parse(String where, byte[] bytes) {
    List<UnitRecord> units = new ArrayList<>();
    JsonFields header =
        Json.parse(where, bytes, "units", fields -> units.add(UnitRecord.fromJson(fields)));
    header.schemaVersion(Store.SCHEMA_VERSION);
    String layer = header.text("layer");
    Inputs inputs = new Inputs(header.texts("inputs"));
    header.end();
    return new Ledger(layer, inputs, units);
  }
}
