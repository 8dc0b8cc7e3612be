package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.core.evaluation.Protocol;
import dev.remap.core.evaluation.Protocol.Metric;
import dev.remap.jobs.evaluate.ProtocolQueries.Asked;
import dev.remap.jobs.evaluate.ProtocolTruth.Judged;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.Generation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  private static final long SEED = 20181017;
  private static final int NAMED = 3;

  private final Generation generation;
  private final Protocol protocol;
  private final Optional<String> truthFile;
  private final Optional<String> queries;

  /**
   * @param truth file or folder with the ground truth; empty where names of images are the truth
   * @param queries file or folder with the queries; empty where they are images of the catalogue
   */
  public EvaluateProtocolJob(
      JobContext context,
      Generation generation,
      Protocol protocol,
      Optional<String> truth,
      Optional<String> queries) {
    super(context);
    this.generation = generation;
    this.protocol = protocol;
    this.truthFile = truth;
    this.queries = queries;
  }

  record Todo(ProtocolTruth truth, Map<String, Long> keys, List<Asked> asked, int depth) {}

  /**
   * One query in one setup.
   *
   * @param relevant how many images it should find
   * @param ranks of those that the index found, from 0, without junk
   * @param exactRanks the same of exact search
   */
  public record Row(
      String query,
      String setup,
      int relevant,
      String ranks,
      String exactRanks,
      double score,
      double exactScore)
      implements Serializable {}

  /** Ranks of one query in one setup. */
  private record Ranked(Judged judged, int[] index, int[] exact) {}

  record Scores(List<Row> rows, List<List<String>> table, List<String> remarks, String path) {}

  @Override
  protected String name() {
    return "evaluate-protocol";
  }

  @Override
  protected Map<String, String> asked() {
    Map<String, String> asked = new HashMap<>(Map.of("protocol", protocol.label()));
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
    return new Todo(found.truth(), found.keys(), found.asked(), depth);
  }

  @Override
  protected Scores run(Todo todo) {
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    Map<Long, Places> index = search(todo, shards);
    Map<Long, Places> exact = search(todo, ExactSearcher.of(context(), generation.vectors()));
    Map<String, Asked> byName =
        todo.asked.stream().collect(Collectors.toMap(Asked::name, Function.identity()));
    List<Ranked> all = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (Judged judged : todo.truth.judged()) {
      if (judged.relevant().isEmpty()) {
        without.add(judged.query());
        continue;
      }
      Asked asked = byName.get(judged.query());
      all.add(
          new Ranked(
              judged,
              ranks(judged, todo, index.get(asked.id())),
              ranks(judged, todo, exact.get(asked.id()))));
    }
    List<Row> rows = all.stream().map(this::row).toList();
    String path = context().store().locate("evaluations/" + context().run() + "/protocol");
    List<String> remarks = new ArrayList<>();
    if (!without.isEmpty()) {
      remarks.add(
          Plain.format(
              "%,d queries have nothing to find in a setup: left out of it (%s)",
              without.size(), some(without)));
    }
    return new Scores(rows, table(todo.truth, all, shards.nprobe(), remarks), remarks, path);
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

  /** What each query found. */
  private Map<Long, Places> search(Todo todo, Searcher searcher) {
    List<QueryBlock> blocks =
        QueryBlock.split(
            todo.asked, Math.max(1, BLOCK_RESULTS / todo.depth), Asked::id, Asked::vector);
    Broadcast<HashSet<Long>> named = context().spark().broadcast(new HashSet<>(todo.keys.values()));
    List<Places> found =
        TaskFailures.unwrap(
            () ->
                DistributedSearch.run(
                        context().spark().parallelize(blocks, blocks.size()),
                        searcher,
                        todo.depth,
                        context().spark().defaultParallelism())
                    .flatMap(
                        block ->
                            IntStream.range(0, block.queryIds().length)
                                .mapToObj(q -> Places.of(block, q, named.value()))
                                .iterator())
                    .collect());
    return found.stream().collect(Collectors.toMap(Places::query, Function.identity()));
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

  private Row row(Ranked one) {
    int relevant = one.judged.relevant().size();
    Metric first = protocol.metrics().get(0);
    return new Row(
        one.judged.query(),
        one.judged.setup(),
        relevant,
        text(one.index),
        text(one.exact),
        first.score(one.index, relevant),
        first.score(one.exact, relevant));
  }

  private static String text(int[] ranks) {
    return Arrays.stream(ranks).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  private List<List<String>> table(
      ProtocolTruth truth, List<Ranked> all, int nprobe, List<String> remarks) {
    List<List<String>> table = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(protocol.label(), "queries", "search"));
    protocol.metrics().forEach(metric -> head.add(metric.label()));
    table.add(head);
    for (String setup : truth.setups()) {
      List<Ranked> some = all.stream().filter(one -> one.judged.setup().equals(setup)).toList();
      if (some.isEmpty()) {
        continue;
      }
      String shown = setup.isEmpty() ? "all" : setup;
      table.add(line(shown, some, "exact", Ranked::exact));
      table.add(line("", some, "index", Ranked::index));
      remarks.add(difference(shown, some, nprobe));
    }
    return table;
  }

  private List<String> line(
      String setup, List<Ranked> some, String search, Function<Ranked, int[]> ranks) {
    List<String> line = new ArrayList<>(List.of(setup, "%,d".formatted(some.size()), search));
    for (Metric metric : protocol.metrics()) {
      double mean =
          some.stream()
              .mapToDouble(one -> metric.score(ranks.apply(one), one.judged.relevant().size()))
              .average()
              .orElseThrow();
      line.add(String.format(Locale.ROOT, "%.4f", mean));
    }
    return line;
  }

  /** How sure it is what the index loses. */
  private String difference(String setup, List<Ranked> some, int nprobe) {
    Metric first = protocol.metrics().get(0);
    List<PairedBootstrap.Pair> pairs = new ArrayList<>();
    for (Ranked one : some) {
      int relevant = one.judged.relevant().size();
      pairs.add(
          new PairedBootstrap.Pair(
              pairs.size(), first.score(one.exact, relevant), first.score(one.index, relevant)));
    }
    PairedBootstrap.Drop drop = PairedBootstrap.of(pairs, SEED);
    return String.format(
        Locale.ROOT,
        "%s: the index, at nprobe %d, loses %.4f of %s (95 %% interval %.4f to %.4f, by query)",
        setup,
        nprobe,
        drop.mean(),
        first.label(),
        drop.lower(),
        drop.upper());
  }

  @Override
  protected void verify(Todo todo, Scores scores) {
    if (scores.rows.isEmpty()) {
      throw new JobFailedException("No query has anything to find: is this the right truth?");
    }
  }

  @Override
  protected void commit(Todo todo, Scores scores) {
    Evaluations.write(context(), scores.rows, Row.class, scores.path);
  }

  @Override
  protected void report(Todo todo, Scores scores) {
    context().console().table(scores.table);
    scores.remarks.forEach(remark -> context().console().say("  %s", remark));
    context().console().say("  per query: %s", scores.path);
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
    return new Counts().add("queries", scores.rows.size());
  }
}
