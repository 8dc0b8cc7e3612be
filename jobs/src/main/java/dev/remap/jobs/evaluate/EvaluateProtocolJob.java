package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.Protocol;
import dev.remap.core.evaluation.Protocol.Metric;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.evaluate.ProtocolQueries.Asked;
import dev.remap.jobs.evaluate.ProtocolTruth.Judged;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.Generation;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;

/**
 * A public collection scored by its own protocol, by the index and by exact search. Ties are broken
 * by key.
 */
public final class EvaluateProtocolJob
    extends Job<EvaluateProtocolJob.Todo, EvaluateProtocolJob.Scores> {
  /** Results of a block that are in memory at once. */
  private static final int BLOCK_RESULTS = 1 << 20;

  private static final int MOST_DEPTH = 1_000_000;
  private static final int NAMED = 3;

  private final Generation generation;
  private final Protocol protocol;
  private final Optional<String> truthFile;
  private final Optional<String> queries;
  private final EvaluationOptions options;

  /**
   * @param truth file or folder with the ground truth; empty where names of images are the truth
   * @param queries file or folder with the queries; empty where they are images of the catalogue
   */
  public EvaluateProtocolJob(
      JobContext context,
      Generation generation,
      Protocol protocol,
      Optional<String> truth,
      Optional<String> queries,
      EvaluationOptions options) {
    super(context);
    this.generation = generation;
    this.protocol = protocol;
    this.truthFile = truth;
    this.queries = queries;
    this.options = options;
  }

  record Todo(
      ProtocolTruth truth,
      Map<String, Long> keys,
      List<Asked> asked,
      int depth,
      Rankings rankings,
      Recorded recorded) {}

  record Scores(
      List<QueryScore> rows, List<List<String>> table, List<String> remarks, long judged) {}

  @Override
  protected String name() {
    return "evaluate-protocol";
  }

  @Override
  protected Map<String, String> asked() {
    Map<String, String> asked =
        new HashMap<>(
            Map.of(
                EvaluationList.PROTOCOL,
                protocol.label(),
                EvaluationList.INDEX,
                generation.index(),
                EvaluationList.GENERATION,
                Integer.toString(generation.number())));
    truthFile.ifPresent(file -> asked.put("truth", file));
    queries.ifPresent(file -> asked.put("queries", file));
    return asked;
  }

  @Override
  protected Todo plan() {
    ProtocolQueries found = ProtocolQueries.of(context(), generation, protocol, truthFile, queries);
    int most = Math.toIntExact(Math.min(MOST_DEPTH, generation.entries(context().store())));
    // What is ignored is retrieved, too.
    long behind = protocol.depth() == Protocol.ALL ? most : protocol.depth() + found.ignored();
    int depth = Math.toIntExact(Math.min(most, behind));
    context()
        .console()
        .say(
            "evaluate generation %d of '%s' by %s: %,d queries among %,d images, ranked to %,d",
            generation.number(),
            generation.index(),
            protocol.label(),
            found.asked().size(),
            generation.entries(context().store()),
            depth);
    found.remarks().forEach(remark -> context().console().say("  %s", remark));
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    return new Todo(
        found.truth(),
        found.keys(),
        found.asked(),
        depth,
        new Rankings(context(), generation, shards, options, leftOut(found)),
        recorded(found.truth(), shards));
  }

  /** What the protocol ignores must not help either. */
  private LeftOut leftOut(ProtocolQueries found) {
    Set<String> relevant = new HashSet<>();
    found.truth().judged().forEach(judged -> relevant.addAll(judged.relevant()));
    LeftOut out = LeftOut.nothing();
    for (String name : found.truth().ignored()) {
      Long key = found.keys().get(name);
      if (key != null && !relevant.contains(name)) {
        out.everywhere().add(key);
      }
    }
    for (Asked asked : found.asked()) {
      Long key = found.keys().get(asked.name());
      if (key != null && protocol.ignoresItself()) {
        out.own().put(asked.id(), key);
      }
    }
    return out;
  }

  private Recorded recorded(ProtocolTruth truth, ShardSearcher shards) {
    Map<String, String> facts = new HashMap<>();
    facts.put(EvaluationRecord.BY, protocol.label());
    facts.put(EvaluationRecord.DEPTH, Integer.toString(Math.min(MOST_DEPTH, protocol.depth())));
    facts.put(EvaluationRecord.QUERIES, queries.map(file -> "given").orElse("catalogue"));
    facts.put(EvaluationRecord.QUERIES_SHA256, EvaluationRecord.sha256(truth.queries()));
    facts.put(EvaluationRecord.TRUTH, truthFile.map(Recorded::absolute).orElse("names"));
    facts.put(
        EvaluationRecord.TRUTH_SHA256,
        truthFile
            .map(file -> TruthFiles.sha256(Path.of(file)))
            .orElseGet(() -> EvaluationRecord.sha256(List.copyOf(truth.names()))));
    CommandText line =
        context().line("evaluate", generation.index()).with("--protocol", protocol.label());
    line = truthFile.isEmpty() ? line : line.with("--truth", Recorded.absolute(truthFile.get()));
    line = queries.isEmpty() ? line : line.with("--queries", Recorded.absolute(queries.get()));
    return Recorded.of(context(), generation, shards, options, "protocol", facts, line);
  }

  @Override
  protected Scores run(Todo todo) {
    Map<Way, List<Places>> found = search(todo);
    Map<String, Asked> byName =
        todo.asked.stream().collect(Collectors.toMap(Asked::name, Function.identity()));
    List<QueryScore> rows = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (Judged judged : todo.truth.judged()) {
      if (judged.relevant().isEmpty()) {
        without.add(judged.query());
      }
    }
    Metric first = protocol.metrics().get(0);
    found.forEach(
        (way, places) -> {
          Map<Long, Places> byQuery =
              places.stream().collect(Collectors.toMap(Places::query, Function.identity()));
          for (Judged judged : todo.truth.judged()) {
            int relevant = judged.relevant().size();
            if (relevant > 0) {
              long query = byName.get(judged.query()).id();
              int[] ranks = ranks(judged, todo, byQuery.get(query));
              rows.add(
                  new QueryScore(
                      judged.query(),
                      judged.setup(),
                      "",
                      way.search(),
                      way.rerank(),
                      relevant,
                      Arrays.stream(ranks).boxed().toList(),
                      first.score(ranks, relevant)));
            }
          }
        });
    List<String> remarks = new ArrayList<>();
    if (!without.isEmpty()) {
      remarks.add(
          Plain.format(
              "%,d queries have nothing to find in a setup: left out of it (%s)",
              without.size(), some(without)));
    }
    List<String> setups = todo.truth.setups();
    ProtocolTable table = new ProtocolTable(protocol, setups, List.copyOf(found.keySet()), rows);
    remarks.addAll(table.losses(todo.rankings.shards().nprobe()));
    return new Scores(rows, table.rows(), remarks, rows.size() / found.size());
  }

  static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? ", …" : "");
  }

  /**
   * Where images that the truth names stand in a ranking.
   *
   * @param keys of those images, best first
   * @param positions of them, from 0
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  private record Places(long query, long[] keys, int[] positions) implements Serializable {
    /** Of query {@code q} of a block. */
    static Places of(Neighbors block, int q, Set<Long> named) {
      int k = block.result().k();
      long[] found = Arrays.copyOfRange(block.result().keys(), q * k, (q + 1) * k);
      int[] positions =
          IntStream.range(0, k).filter(i -> found[i] >= 0 && named.contains(found[i])).toArray();
      long[] keys = Arrays.stream(positions).mapToLong(i -> found[i]).toArray();
      return new Places(block.queryIds()[q], keys, positions);
    }

    /** The ranks of the relevant ones in a ranking without junk. */
    int[] ranks(Set<Long> relevant, Set<Long> junk) {
      List<Integer> ranks = new ArrayList<>();
      int before = 0;
      for (int i = 0; i < keys.length; i++) {
        if (junk.contains(keys[i])) {
          before++;
        } else if (relevant.contains(keys[i])) {
          ranks.add(positions[i] - before);
        }
      }
      return ranks.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** What each query found in each way. */
  private Map<Way, List<Places>> search(Todo todo) {
    List<QueryBlock> blocks =
        QueryBlock.split(
            todo.asked, Math.max(1, BLOCK_RESULTS / todo.depth), Asked::id, Asked::vector);
    Broadcast<HashSet<Long>> named = context().spark().broadcast(new HashSet<>(todo.keys.values()));
    return todo.rankings.collect(
        context().spark().parallelize(blocks, blocks.size()),
        todo.depth,
        block ->
            IntStream.range(0, block.queries().size())
                .mapToObj(q -> Places.of(block.found(), q, named.value()))
                .iterator());
  }

  private int[] ranks(Judged judged, Todo todo, Places places) {
    Set<Long> relevant = keys(judged.relevant(), todo);
    Set<Long> junk = keys(judged.junk(), todo);
    junk.addAll(keys(todo.truth.ignored(), todo));
    if (protocol.ignoresItself()) {
      junk.addAll(keys(Set.of(judged.query()), todo));
    }
    junk.removeAll(relevant);
    return places.ranks(relevant, junk);
  }

  private static Set<Long> keys(Set<String> names, Todo todo) {
    Set<Long> keys = new HashSet<>();
    for (String name : names) {
      Long key = todo.keys.get(name);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    if (scores.rows.isEmpty()) {
      throw new JobFailedException("No query has anything to find: is this the right truth?");
    }
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    todo.recorded.write(scores.rows);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    context().console().table(scores.table);
    scores.remarks.forEach(remark -> context().console().say("  %s", remark));
    todo.recorded.report(scores.rows);
    List<Long> evaluated =
        todo.asked.stream()
            .map(asked -> todo.keys.get(asked.name()))
            .filter(key -> key != null)
            .toList();
    if (!evaluated.isEmpty()) {
      FittedOn.warning(context(), generation, evaluated)
          .ifPresent(warning -> context().console().say("  %s", warning));
    }
  }

  @Override
  protected Counts books(Scores scores) {
    String setup = EvaluationList.listed(scores.rows.stream().map(QueryScore::setup).toList());
    return new Counts()
        .add("queries", scores.judged)
        .add(EvaluationList.EXACT, EvaluationList.millionths(mean(scores, setup, Way.EXACT)))
        .add(EvaluationList.FOUND, EvaluationList.millionths(mean(scores, setup, Way.INDEX)));
  }

  private static OptionalDouble mean(Scores scores, String setup, String search) {
    return Recorded.some(scores.rows, setup, new Way(search, "")).stream()
        .mapToDouble(QueryScore::score)
        .average();
  }
}
