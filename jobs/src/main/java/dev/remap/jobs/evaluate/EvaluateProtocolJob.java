package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.Protocol;
import dev.remap.core.rerank.RerankChain;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.ProtocolQueries.Asked;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.evaluate.truth.PairLists;
import dev.remap.jobs.evaluate.truth.PairScores;
import dev.remap.jobs.evaluate.truth.ProtocolTruth;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import dev.remap.jobs.evaluate.truth.TruthRemarks;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
  /** Queries of a block; they travel with their vectors. */
  private static final int BLOCK = 64;

  /** Results of a block that are in memory at once. */
  private static final int BLOCK_RESULTS = 1 << 20;

  private static final int MOST_DEPTH = 1_000_000;

  /** What records say of whole rankings, as the first of them did. */
  private static final String WHOLE = Integer.toString(MOST_DEPTH);

  private final Generation generation;
  private final Protocol protocol;
  private final ProtocolInputs inputs;
  private final EvaluationOptions options;

  public EvaluateProtocolJob(
      JobContext context, Generation generation, ProtocolInputs inputs, EvaluationOptions options) {
    super(context);
    this.generation = generation;
    this.protocol = inputs.protocol();
    this.inputs = inputs;
    this.options = options;
  }

  record Todo(
      ProtocolTruth truth,
      Map<String, Long> keys,
      List<Asked> asked,
      int depth,
      Rankings rankings,
      Optional<PairScores> pairs,
      Recorded recorded) {}

  /**
   * What came of it.
   *
   * @param answered ids of the queries that each way has ranked for
   * @param judged queries that have something to find
   */
  record Scores(
      List<QueryScore> rows,
      Map<Way, List<Long>> answered,
      List<List<String>> table,
      List<String> remarks,
      long judged) {}

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
    inputs.truth().ifPresent(file -> asked.put("truth", file));
    inputs.queries().ifPresent(file -> asked.put("queries", file));
    return asked;
  }

  @Override
  protected Todo plan() {
    requireExact();
    Optional<PairLists> pairs = inputs.pairs().map(ProtocolInputs.Pairs::read);
    ProtocolQueries found = ProtocolQueries.of(context(), generation, inputs, pairs);
    long entries = generation.entries(context().store());
    int most = Math.toIntExact(Math.min(isCounted() ? Protocol.ALL : MOST_DEPTH, entries));
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
            entries,
            depth);
    found.remarks().forEach(remark -> context().console().say("  %s", remark));
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    return new Todo(
        found.truth(),
        found.keys(),
        found.asked(),
        depth,
        new Rankings(context(), generation, shards, options, leftOut(found)),
        pairs.map(
            lists -> PairScores.of(lists, found.paired(), generation.metric(context().store()))),
        recorded(found.truth(), shards));
  }

  private int depth() {
    return Math.min(MOST_DEPTH, protocol.depth());
  }

  /** Whether whole rankings are looked at, and not what follows them. */
  private boolean isCounted() {
    return protocol.depth() == Protocol.ALL && options.chains().isEmpty();
  }

  /** Methods that find other images on purpose say nothing of how near a search is to exact. */
  private void requireExact() {
    for (RerankChain chain : options.chains()) {
      boolean isExact =
          chain.steps().stream().allMatch(step -> step.method() == RerankMethod.EXACT);
      if (protocol == Protocol.ANN && !isExact) {
        throw new InputException(
            "%s ranks otherwise than exact search, which ann compares with: exact:n=N alone can follow"
                + " a search there",
            chain);
      }
    }
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
    Map<String, String> facts = inputs.facts(truth);
    boolean isCut = !isCounted() && generation.entries(context().store()) > MOST_DEPTH;
    boolean isWhole = protocol.depth() == Protocol.ALL && !isCut;
    facts.put(EvaluationRecord.DEPTH, isWhole ? WHOLE : Integer.toString(depth()));
    CommandText line = inputs.on(context().line("evaluate", generation.index()));
    return Recorded.of(context(), generation, shards, options, "protocol", facts, line);
  }

  @Override
  protected Scores run(Todo todo) {
    Map<Way, List<Places>> found = search(todo);
    Map<String, Asked> byName =
        todo.asked.stream().collect(Collectors.toMap(Asked::name, Function.identity()));
    JudgedKeys keys = new JudgedKeys(todo.truth, todo.keys);
    List<QueryScore> rows = new ArrayList<>();
    List<String> without =
        todo.truth.judged().stream()
            .filter(judged -> judged.relevant().isEmpty())
            .map(Judged::query)
            .distinct()
            .toList();
    found.forEach(
        (way, places) -> {
          Map<Long, Places> byQuery =
              places.stream().collect(Collectors.toMap(Places::query, Function.identity()));
          for (Judged judged : todo.truth.judged()) {
            int relevant = judged.relevant().size();
            if (relevant > 0) {
              Places of = byQuery.get(byName.get(judged.query()).id());
              if (of == null) {
                continue; // The books tell.
              }
              int[] ranks = keys.ranks(judged, of);
              rows.add(
                  new QueryScore(
                      judged.query(),
                      judged.setup(),
                      "",
                      way.search(),
                      way.rerank(),
                      relevant,
                      Arrays.stream(ranks).boxed().toList(),
                      protocol.metrics(judged.setup()).get(0).score(ranks, relevant)));
            }
          }
        });
    List<String> remarks = new ArrayList<>();
    if (!without.isEmpty()) {
      remarks.add(
          Plain.format(
              "%,d queries have nothing to find in a setup: left out of it (%s)",
              without.size(), TruthRemarks.some(without)));
    }
    Map<Way, List<Long>> answered = new LinkedHashMap<>();
    found.forEach((way, places) -> answered.put(way, places.stream().map(Places::query).toList()));
    List<String> setups = todo.truth.setups();
    List<Way> ways = List.copyOf(found.keySet());
    long judged = rows.stream().map(QueryScore::query).distinct().count();
    remarks.addAll(ended(todo, found.get(new Way(Way.INDEX, ""))));
    if (protocol == Protocol.ANN) {
      RecallTable table = new RecallTable(setups, ways, rows);
      remarks.addAll(table.remarks(others(todo)));
      return new Scores(rows, answered, table.rows(), remarks, judged);
    }
    ProtocolTable table = new ProtocolTable(protocol, setups, ways, rows);
    remarks.addAll(table.losses(todo.rankings.shards().probing()));
    todo.pairs.ifPresent(pairs -> remarks.addAll(pairs.remarks()));
    return new Scores(rows, answered, table.rows(), remarks, judged);
  }

  /** Images that a query can find at the most. */
  private long others(Todo todo) {
    return generation.entries(context().store()) - todo.rankings.leftOut().most();
  }

  /** Where the lists that the index visits hold less than the protocol looks at. */
  private List<String> ended(Todo todo, List<Places> index) {
    long most = Math.min(protocol.depth(), others(todo));
    long ended = index.stream().filter(places -> places.length() < most).count();
    return protocol.depth() == Protocol.ALL || ended == 0
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "the lists that are visited at %s hold fewer than %,d images for %,d of %,d"
                    + " queries: what is not in them counts as not found",
                todo.rankings.shards().probing(),
                most,
                ended,
                index.size()));
  }

  /** What each query found in each way. */
  private Map<Way, List<Places>> search(Todo todo) {
    List<QueryBlock> blocks =
        QueryBlock.split(
            todo.asked,
            Math.max(1, Math.min(BLOCK, BLOCK_RESULTS / todo.depth)),
            Asked::id,
            Asked::vector);
    if (isCounted()) {
      return todo.rankings.standings(
          context().spark().parallelize(blocks, blocks.size()),
          new JudgedKeys(todo.truth, todo.keys).named(todo.asked));
    }
    Broadcast<HashSet<Long>> named = context().spark().broadcast(new HashSet<>(todo.keys.values()));
    Map<Way, List<Places>> found = new LinkedHashMap<>();
    if (inputs.isOwnTruth()) {
      found.put(new Way(Way.EXACT, ""), exact(todo));
    }
    found.putAll(
        todo.rankings.collect(
            inputs.isOwnTruth() ? List.of(Way.INDEX) : List.of(Way.EXACT, Way.INDEX),
            context().spark().parallelize(blocks, blocks.size()),
            todo.depth,
            block ->
                IntStream.range(0, block.queries().size())
                    .mapToObj(q -> Places.of(block.found(), q, named.value()))
                    .iterator()));
    return found;
  }

  /** Exact search, which has been run for the truth. */
  private static List<Places> exact(Todo todo) {
    Map<String, Set<String>> nearest = new HashMap<>();
    // The longer list of a query comes later.
    todo.truth.judged().forEach(judged -> nearest.put(judged.query(), judged.relevant()));
    return todo.asked.stream()
        .map(
            asked ->
                Places.first(
                    asked.id(),
                    nearest.get(asked.name()).stream().mapToLong(todo.keys::get).toArray()))
        .toList();
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    Set<Long> asked = todo.asked.stream().map(Asked::id).collect(Collectors.toSet());
    scores.answered.forEach(
        (way, queries) -> {
          if (queries.size() != asked.size() || !asked.containsAll(queries)) {
            throw new JobFailedException(
                "Books of the evaluation do not balance: %,d queries were asked, %s search has"
                    + " answered %,d",
                asked.size(), way.search(), queries.size());
          }
        });
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    todo.pairs.ifPresent(
        pairs -> todo.recorded.write(pairs.rows(), PairScores.Scored.class, "pairs"));
    todo.recorded.write(scores.rows);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    context().console().table(scores.table);
    todo.pairs.ifPresent(pairs -> context().console().table(pairs.table()));
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
