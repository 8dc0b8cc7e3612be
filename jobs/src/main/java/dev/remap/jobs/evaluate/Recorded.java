package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.evaluate.record.Comparison;
import dev.remap.jobs.evaluate.record.Differences;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.rerank.Reranker;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.table.Generation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * An evaluation that is kept: its per-query results, what it was of, and what differs from an
 * earlier one.
 *
 * @param results name of the folder of per-query results
 * @param against the earlier run, if there is one to compare with
 */
record Recorded(
    JobContext context, String results, EvaluationRecord record, Optional<String> against) {

  /**
   * Refuses to be compared with what asked something else.
   *
   * @param facts of this evaluation
   * @param line scores the same again, without what all evaluations have
   */
  static Recorded of(
      JobContext context,
      Generation generation,
      ShardSearcher shards,
      EvaluationOptions options,
      String results,
      Map<String, String> facts,
      CommandText line) {
    SortedMap<String, String> all = new TreeMap<>(facts);
    all.put(EvaluationRecord.INDEX, generation.index());
    all.put(EvaluationRecord.GENERATION, Integer.toString(generation.number()));
    all.put(EvaluationRecord.WHITENING, generation.inputs().whitening());
    all.put(EvaluationRecord.EXTRACTOR, generation.inputs().extractor());
    all.put(EvaluationRecord.NPROBE, Integer.toString(shards.probing().nprobe()));
    all.put("settings", context.settings().toJson());
    CommandText whole =
        line.with("--generation", generation.number()).with("--nprobe", shards.probing().nprobe());
    if (shards.probing().efSearch() > 0) {
      all.put(EvaluationRecord.EF_SEARCH, Integer.toString(shards.probing().efSearch()));
      whole = whole.with("--ef-search", shards.probing().efSearch());
    }
    for (var chain : options.chains()) {
      whole = whole.and("--rerank", chain);
    }
    var graph = Reranker.graph(context, generation, options.chains(), options.graph().orElse(null));
    if (graph.isPresent()) {
      String id = graph.get().table().id();
      all.put(EvaluationRecord.GRAPH, id);
      whole = whole.with("--graph", id);
    }
    all.put(EvaluationRecord.COMMAND, whole.toString());
    Optional<String> against = options.against().map(run -> EvaluationRecord.run(context, run));
    against.ifPresent(run -> all.put(EvaluationRecord.AGAINST, run));
    EvaluationRecord record = new EvaluationRecord(all);
    against.ifPresent(
        run -> record.requireComparable(run, EvaluationRecord.read(context.store(), run)));
    return new Recorded(context, results, record, against);
  }

  /** A local file of a command line as any folder's command line names it. */
  static String absolute(String file) {
    return file.contains(":") ? file : Path.of(file).toAbsolutePath().normalize().toString();
  }

  private String path(String name) {
    return context.store().locate(EvaluationRecord.folder(context.run()) + "/" + name);
  }

  /** Writes a table beside the results, before them. */
  <R extends Record> void write(List<R> rows, Class<R> type, String name) {
    Evaluations.write(context, rows, type, path(name));
  }

  /** Writes results, what changed, and last the record. */
  void write(List<QueryScore> scores) {
    Evaluations.write(context, scores, QueryScore.class, path(results));
    against.ifPresent(
        run ->
            Evaluations.write(
                context,
                comparison(run, scores).changed(),
                Comparison.Changed.class,
                path("changed")));
    record.write(context.store(), context.run());
  }

  /** Says where results are, how they are had again, and what changed. */
  void report(List<QueryScore> scores) {
    context.console().say("  per query: %s", path(results));
    context.console().say("  again: `%s`", record.fact(EvaluationRecord.COMMAND));
    against.ifPresent(run -> comparison(run, scores).print(context.console(), path("changed")));
  }

  /**
   * What a method gains over the search that it follows, and its interval: two cells of a table,
   * which are empty for the search itself.
   */
  static List<String> gain(List<QueryScore> scores, String setup, Way way) {
    List<Differences.Pair> pairs =
        Differences.pairs(some(scores, setup, way.plain()), some(scores, setup, way));
    if (way.rerank().isEmpty() || pairs.isEmpty()) {
      return List.of("–", "–");
    }
    PairedBootstrap.Drop drop = Differences.of(pairs);
    return List.of(Differences.signed(-drop.mean()), Differences.interval(drop));
  }

  static List<QueryScore> some(List<QueryScore> scores, String setup, Way way) {
    return scores.stream()
        .filter(score -> score.setup().equals(setup) && score.way().equals(way))
        .toList();
  }

  private Comparison comparison(String run, List<QueryScore> now) {
    String earlier = context.store().locate(EvaluationRecord.folder(run) + "/" + results);
    List<QueryScore> before = new ArrayList<>();
    for (Row row : context.session().read().parquet(earlier).collectAsList()) {
      before.add(
          new QueryScore(
              row.getAs("query"),
              row.getAs("setup"),
              row.getAs("drawn_with"),
              row.getAs("search"),
              row.getAs("rerank"),
              row.<Integer>getAs("relevant"),
              List.copyOf(row.<Integer>getList(row.fieldIndex("ranks"))),
              row.<Double>getAs("score")));
    }
    return new Comparison(run, before, now);
  }
}
