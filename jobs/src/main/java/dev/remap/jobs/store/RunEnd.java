package dev.remap.jobs.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a run ended; a run without one was killed, or is still at it.
 *
 * @param run its id
 * @param at when it ended
 * @param failure one sentence, or nothing if it succeeded
 * @param counts the books, by name
 * @param milliseconds what took how long, by name
 */
public record RunEnd(
    String run,
    Instant at,
    Optional<String> failure,
    SortedMap<String, Long> counts,
    SortedMap<String, Long> milliseconds) {
  public RunEnd {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    milliseconds = Collections.unmodifiableSortedMap(new TreeMap<>(milliseconds));
  }

  byte[] toBytes() {
    ObjectNode node = Json.versioned().put("run", run).put("ended-at", at.toString());
    failure.ifPresent(sentence -> node.put("failure", sentence));
    Json.putCounts(node.putObject("counts"), counts);
    Json.putCounts(node.putObject("milliseconds"), milliseconds);
    return Json.bytes(node);
  }

  static RunEnd parse(String where, byte[] bytes) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    RunEnd end =
        new RunEnd(
            fields.text("run"),
            fields.instant("ended-at"),
            fields.optionalText("failure"),
            fields.counts("counts"),
            fields.counts("milliseconds"));
    fields.end();
    return end;
  }
}
