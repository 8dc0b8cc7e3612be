package dev.remap.jobs.store.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
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
 * @param refused the generation that it judged and did not publish, if that is how it ended
 */
public record RunEnd(
    String run,
    Instant at,
    Optional<String> failure,
    SortedMap<String, Long> counts,
    SortedMap<String, Long> milliseconds,
    Optional<Refused> refused) {
  /** A generation of an index. */
  public record Refused(String index, int generation) {}

  public RunEnd {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    milliseconds = Collections.unmodifiableSortedMap(new TreeMap<>(milliseconds));
  }

  /** Of a run that has refused nothing. */
  public RunEnd(
      String run,
      Instant at,
      Optional<String> failure,
      SortedMap<String, Long> counts,
      SortedMap<String, Long> milliseconds) {
    this(run, at, failure, counts, milliseconds, Optional.empty());
  }

  byte[] toBytes() {
    ObjectNode node = Json.versioned().put("run", run).put("ended-at", at.toString());
    failure.ifPresent(sentence -> node.put("failure", sentence));
    refused.ifPresent(
        it -> node.putObject("refused").put("index", it.index).put("generation", it.generation));
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
            fields.counts("milliseconds"),
            fields.optionalObject("refused").map(RunEnd::refused));
    fields.end();
    return end;
  }

  private static Refused refused(JsonFields fields) {
    Refused refused =
        new Refused(fields.text("index"), (int) fields.integer("generation", 0, Integer.MAX_VALUE));
    fields.end();
    return refused;
  }
}
