package dev.remap.jobs.tune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a run of tune has measured, as it leaves it beside the results of evaluations.
 *
 * @param generation that was asked
 * @param queries what they were, in words
 * @param compared how many of them
 * @param k nearest that each asked for
 * @param points by lists and then by depth
 */
public record KeptCurve(
    int generation, String queries, int compared, int k, List<OperatingPoint> points) {
  /** The job, as runs name it. */
  static final String JOB = "tune";

  /** What such a run calls the index that it was asked about. */
  static final String INDEX = "index";

  private static final String FILE = "/curve.json";
  private static final int MOST_BYTES = 1 << 22;

  public KeptCurve {
    points = List.copyOf(points);
  }

  /** That of a run, and when it began. */
  public record Measured(Instant at, KeptCurve curve) {}

  /**
   * The newest of an index, of those that the store has and that can be read; runs of earlier
   * versions left none.
   *
   * @param unreadable is told of each newer one that cannot be read
   */
  public static Optional<Measured> newest(Store store, String index, Consumer<String> unreadable) {
    List<RunHistory.Run> runs = RunHistory.of(store).of(JOB);
    for (int i = runs.size() - 1; i >= 0; i--) {
      RunHistory.Run run = runs.get(i);
      String id = run.start().run();
      String path = path(id.substring(0, id.lastIndexOf('-')));
      if (run.succeeded() && run.asked(INDEX).equals(Optional.of(index)) && store.exists(path)) {
        try {
          return Optional.of(new Measured(run.at(), read(store, path)));
        } catch (StoreException e) {
          unreadable.accept(e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  private static String path(String run) {
    return EvaluationRecord.folder(run) + FILE;
  }

  void write(Store store, String run) {
    ObjectNode node =
        Json.versioned()
            .put("generation", generation)
            .put("queries", queries)
            .put("compared", compared)
            .put("k", k);
    ArrayNode all = node.putArray("points");
    for (OperatingPoint point : points) {
      all.addObject()
          .put("nprobe", point.probing().nprobe())
          .put("ef-search", point.probing().efSearch())
          .put("depth", point.depth())
          .put("recall", point.recall())
          .put("error", point.error())
          .put("millis", point.millis());
    }
    store.create(path(run), Json.bytes(node));
  }

  private static KeptCurve read(Store store, String path) {
    JsonFields fields = Json.parse(store.locate(path), store.read(path, MOST_BYTES));
    fields.schemaVersion(Store.SCHEMA_VERSION);
    KeptCurve curve =
        new KeptCurve(
            whole(fields, "generation"),
            fields.text("queries"),
            whole(fields, "compared"),
            whole(fields, "k"),
            fields.list("points", KeptCurve::point));
    fields.end();
    return curve;
  }

  private static OperatingPoint point(JsonFields fields) {
    OperatingPoint point =
        new OperatingPoint(
            new Probing(whole(fields, "nprobe"), whole(fields, "ef-search")),
            whole(fields, "depth"),
            fields.number("recall"),
            fields.number("error"),
            fields.number("millis"));
    fields.end();
    return point;
  }

  private static int whole(JsonFields fields, String name) {
    return (int) fields.integer(name, 0, Integer.MAX_VALUE);
  }
}
