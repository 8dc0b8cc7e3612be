package dev.remap.jobs.evaluate.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an evaluation was of: beside its per-query results, and written after them.
 *
 * @param facts by name, see the constants
 */
public record EvaluationRecord(SortedMap<String, String> facts) {
  /** A protocol's name, or {@code groups}. */
  public static final String BY = "by";

  /** File, folder, or in words. */
  public static final String TRUTH = "truth";

  /** The truth that is no file: what exact search over the stored vectors finds. */
  public static final String EXACT = "exact search";

  public static final String TRUTH_SHA256 = "truth-sha256";

  /** Where queries came from. */
  public static final String QUERIES = "queries";

  /** Of the queries' names. */
  public static final String QUERIES_SHA256 = "queries-sha256";

  /** How deep rankings were looked at. */
  public static final String DEPTH = "depth";

  public static final String INDEX = "index";
  public static final String GENERATION = "generation";
  public static final String WHITENING = "whitening";
  public static final String EXTRACTOR = "extractor";
  public static final String NPROBE = "nprobe";

  /** Missing where the index says it. */
  public static final String EF_SEARCH = "ef-search";

  public static final String GRAPH = "graph";

  /** The earlier run that it was compared with. */
  public static final String AGAINST = "against";

  /** The line that scores the same again. */
  public static final String COMMAND = "command";

  private static final String FOLDER = "evaluations/";
  private static final String FILE = "/record.json";
  private static final int MOST_BYTES = 1 << 20;

  /** What must be the same in both, with the words that say it. */
  private static final Map<String, String> COMPARED =
      new TreeMap<>(
          Map.of(
              BY, "protocol",
              DEPTH, "depth of rankings",
              QUERIES, "source of queries",
              QUERIES_SHA256, "list of queries",
              TRUTH_SHA256, "truth"));

  public EvaluationRecord {
    facts = new TreeMap<>(facts);
  }

  /** Of lines in any order. */
  public static String sha256(List<String> lines) {
    String all = String.join("\n", lines.stream().sorted().toList());
    return Sha256.hex(all.getBytes(StandardCharsets.UTF_8));
  }

  /** Where the results of a run are. */
  public static String folder(String run) {
    return FOLDER + run;
  }

  /** Writes it, last. */
  public void write(Store store, String run) {
    ObjectNode node = Json.versioned();
    Json.putAll(node.putObject("facts"), facts);
    store.create(FOLDER + run + FILE, Json.bytes(node));
  }

  /**
   * The recorded run whose id begins with what was given.
   *
   * @throws InputException if there is none, or several
   */
  public static String run(JobContext context, String given) {
    List<String> found =
        given.isBlank()
            ? List.of()
            : context.store().list("evaluations").stream()
                .filter(run -> run.startsWith(given))
                .toList();
    if (found.size() > 1) {
      throw new InputException(
          "--against %s may be %s: give more of it", given, String.join(" or ", found));
    }
    CommandText list = context.line("evaluate").with("--list");
    String run =
        found.stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "--against %s is the run of no evaluation that is kept: `%s` shows them",
                        given, list));
    if (!context.store().exists(FOLDER + run + FILE)) {
      throw new InputException(
          "Evaluation %s has no record of its truth (of copies, aggregators and tune there is none), so"
              + " nothing can be compared with it: `%s` shows others",
          run, list);
    }
    return run;
  }

  /** The record of a run that has one. */
  public static EvaluationRecord read(Store store, String run) {
    String path = FOLDER + run + FILE;
    JsonFields fields = Json.parse(store.locate(path), store.read(path, MOST_BYTES));
    fields.schemaVersion(Store.SCHEMA_VERSION);
    EvaluationRecord record = new EvaluationRecord(fields.texts("facts"));
    fields.end();
    return record;
  }

  /** That of a run, if it has left one. */
  public static Optional<EvaluationRecord> find(Store store, String run) {
    return store.exists(FOLDER + run + FILE) ? Optional.of(read(store, run)) : Optional.empty();
  }

  public String fact(String name) {
    return facts.getOrDefault(name, "");
  }

  /** Refuses another evaluation that did not answer the same question. */
  public void requireComparable(String run, EvaluationRecord other) {
    Optional<String> differing =
        COMPARED.keySet().stream().filter(it -> !fact(it).equals(other.fact(it))).findFirst();
    if (differing.isPresent()) {
      String name = differing.get();
      throw new InputException(
          "Evaluation %s cannot be compared with this one: its %s is another, %s; here it is %s",
          run, COMPARED.get(name), other.shown(name), shown(name));
    }
  }

  /** With a hash, what it is of. */
  private String shown(String name) {
    String value = fact(name);
    return switch (name) {
      case TRUTH_SHA256 -> fact(TRUTH) + " with the SHA-256 " + value;
      case QUERIES_SHA256 -> "with the SHA-256 " + value + " of their names";
      default -> value;
    };
  }
}
