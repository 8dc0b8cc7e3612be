package dev.remap.jobs.store.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run set out to do.
 *
 * @param run its id
 * @param command what was asked for
 * @param at when it began
 * @param configuration every setting as it was in effect, and what was asked for beside them
 * @param versions of the program and what it runs on, by name
 */
public record RunStart(
    String run,
    String command,
    Instant at,
    SortedMap<String, String> configuration,
    SortedMap<String, String> versions) {
  public RunStart {
    configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
  }

  byte[] toBytes() {
    ObjectNode node =
        Json.versioned().put("run", run).put("command", command).put("started-at", at.toString());
    Json.putAll(node.putObject("configuration"), configuration);
    Json.putAll(node.putObject("versions"), versions);
    return Json.bytes(node);
  }

  static RunStart parse(String where, byte[] bytes) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    RunStart start =
        new RunStart(
            fields.text("run"),
            fields.text("command"),
            fields.instant("started-at"),
            fields.texts("configuration"),
            fields.texts("versions"));
    fields.end();
    return start;
  }
}
