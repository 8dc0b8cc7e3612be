package dev.remap.jobs.store.publication;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Why a generation was published: part of the entry that made it live.
 *
 * @param act on what grounds
 * @param about what was judged, by name: the generation, its whitening and quantizer, and the live
 *     generation it was compared with
 * @param checks what was looked at, in that order
 */
public record Verdict(Act act, SortedMap<String, String> about, List<VerdictCheck> checks) {
  /** On what grounds a generation becomes live. */
  public enum Act {
    /** No check failed. */
    PASSED,
    /** Some check failed, and the user wanted it published all the same. */
    FORCED,
    /** It was live before, and its shards are whole. */
    ROLLBACK;

    private String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Verdict {
    about = Collections.unmodifiableSortedMap(new TreeMap<>(about));
    checks = List.copyOf(checks);
  }

  /** The checks with that outcome. */
  public List<VerdictCheck> with(VerdictCheck.Outcome outcome) {
    return checks.stream().filter(check -> check.outcome() == outcome).toList();
  }

  /** The check of that name. */
  public Optional<VerdictCheck> check(String name) {
    return checks.stream().filter(check -> check.name().equals(name)).findFirst();
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object().put("act", act.json());
    Json.putAll(node.putObject("about"), about);
    ArrayNode array = node.putArray("checks");
    checks.forEach(check -> array.add(check.toJson()));
    return node;
  }

  static Verdict fromJson(JsonFields fields) {
    String act = fields.text("act", text -> List.of("passed", "forced", "rollback").contains(text));
    Verdict verdict =
        new Verdict(
            Act.valueOf(act.toUpperCase(Locale.ROOT)),
            fields.texts("about"),
            fields.list("checks", VerdictCheck::fromJson));
    fields.end();
    return verdict;
  }
}
