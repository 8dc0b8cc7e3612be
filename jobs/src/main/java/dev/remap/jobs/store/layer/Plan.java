package dev.remap.jobs.store.layer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayList;
import java.util.List;

/**
 * How the work on one layer is cut. The first run on a layer fixes it for all later ones, so that
 * they share the work whatever their settings.
 *
 * @param inputs what the layer is made from
 * @param units numbered from 0, ascending, together covering every key there can be
 */
public record Plan(Inputs inputs, List<Unit> units) {
  private static final int MAX_UNITS = 10_000_000;

  /** Throws {@link IllegalArgumentException} when the units do not cover all keys in order. */
  public Plan {
    units = List.copyOf(units);
    if (units.isEmpty() || units.size() > MAX_UNITS) {
      throw new IllegalArgumentException(
          "A plan of " + units.size() + " units: 1 to " + MAX_UNITS + " are possible");
    }
    long from = 0;
    for (int i = 0; i < units.size(); i++) {
      Unit unit = units.get(i);
      if (unit.number() != i || unit.range().from() != from) {
        throw new IllegalArgumentException(
            "Unit "
                + unit.number()
                + " of keys "
                + unit.range()
                + " is in place "
                + i
                + " of a plan, where unit "
                + i
                + " begins at key "
                + from);
      }
      from = unit.range().to() + 1;
    }
    if (units.get(units.size() - 1).range().to() != Long.MAX_VALUE) {
      throw new IllegalArgumentException("A plan ends at key " + (from - 1) + ", not at the last");
    }
  }

  /**
   * The plan of a finished layer. What was expected of each unit is not known any more: its place
   * is taken by the largest of its books.
   */
  static Plan of(Ledger ledger) {
    return new Plan(ledger.inputs(), ledger.units().stream().map(Plan::unit).toList());
  }

  private static Unit unit(UnitRecord record) {
    long images = record.counts().values().stream().mapToLong(count -> count).max().orElse(0);
    return new Unit(record.unit(), record.range(), images);
  }

  /** Throws {@link dev.remap.jobs.store.StoreException} unless the ledger has these units. */
  public void requireUnits(Ledger ledger) {
    Ledger.of(ledger.layer(), this, ledger.units());
  }

  byte[] toBytes() {
    ObjectNode header = Json.versioned();
    Json.putAll(header.putObject("inputs"), inputs.byName());
    return Json.bytes(header, "units", units.stream().map(Plan::toJson).iterator());
  }

  private static ObjectNode toJson(Unit unit) {
    return Json.object()
        .put("unit", unit.number())
        .put("from", unit.range().from())
        .put("to", unit.range().to())
        .put("images", unit.images());
  }

  static Plan parse(String where, byte[] bytes) {
    List<Unit> units = new ArrayList<>();
    JsonFields header = Json.parse(where, bytes, "units", fields -> units.add(unit(fields)));
    header.schemaVersion(Store.SCHEMA_VERSION);
    Inputs inputs = new Inputs(header.texts("inputs"));
    header.end();
    return header.build(() -> new Plan(inputs, units));
  }

  private static Unit unit(JsonFields fields) {
    int number = (int) fields.integer("unit", 0, MAX_UNITS);
    KeyRange range = UnitRecord.range(fields);
    long images = fields.integer("images", 0, Long.MAX_VALUE);
    fields.end();
    return new Unit(number, range, images);
  }
}
