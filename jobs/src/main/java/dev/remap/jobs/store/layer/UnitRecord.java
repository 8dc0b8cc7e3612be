package dev.remap.jobs.store.layer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes a unit's output count.
 *
 * @param unit the unit's number in the layer's plan
 * @param range the unit's keys
 * @param attempt who wrote it
 * @param segments by table; a table without rows has none
 * @param counts the unit's books, by name
 */
public record UnitRecord(
    int unit,
    KeyRange range,
    Attempt attempt,
    SortedMap<String, SegmentRef> segments,
    SortedMap<String, Long> counts)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public UnitRecord {
    segments = Collections.unmodifiableSortedMap(new TreeMap<>(segments));
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  byte[] toBytes() {
    return Json.bytes(fill(Json.versioned()));
  }

  /** The fields without the version, as a ledger holds them. */
  ObjectNode toJson() {
    return fill(Json.object());
  }

  private ObjectNode fill(ObjectNode node) {
    node.put("unit", unit).put("from", range.from()).put("to", range.to());
    node.put("run", attempt.run()).put("task", attempt.task());
    ObjectNode segmentNodes = node.putObject("segments");
    segments.forEach((table, segment) -> segmentNodes.set(table, segment.toJson()));
    Json.putCounts(node.putObject("counts"), counts);
    return node;
  }

  static UnitRecord parse(String where, byte[] bytes) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    return fromJson(fields);
  }

  static UnitRecord fromJson(JsonFields fields) {
    int unit = (int) fields.integer("unit", 0, Integer.MAX_VALUE);
    KeyRange range = range(fields);
    String run = fields.text("run");
    long task = fields.integer("task", 0, Long.MAX_VALUE);
    SortedMap<String, SegmentRef> segments = fields.map("segments", SegmentRef::fromJson);
    SortedMap<String, Long> counts = fields.counts("counts");
    fields.end();
    return fields.build(
        () -> new UnitRecord(unit, range, new Attempt(run, task), segments, counts));
  }

  static KeyRange range(JsonFields fields) {
    long from = fields.integer("from", 0, Long.MAX_VALUE);
    long to = fields.integer("to", 0, Long.MAX_VALUE);
    return fields.build(() -> new KeyRange(from, to));
  }
}
