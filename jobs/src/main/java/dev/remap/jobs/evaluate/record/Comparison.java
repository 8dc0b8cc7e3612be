package dev.remap.jobs.evaluate.record;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.jobs.evaluate.record.Differences.Pair;
import dev.remap.jobs.run.Console;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Two evaluations of the same queries: what each way scores more or less, and which queries
 * changed.
 *
 * @param run the earlier one
 */
public record Comparison(String run, List<QueryScore> before, List<QueryScore> now) {
  private static final int SHOWN = 20;

  public Comparison {
    before = List.copyOf(before);
    now = List.copyOf(now);
  }

  /** A query that one way scores otherwise than before: a row of a Parquet file. */
  public record Changed(
      String query,
      String setup,
      String search,
      String rerank,
      double before,
      double now,
      List<Integer> ranksBefore,
      List<Integer> ranksNow) {
    static Changed of(Pair pair) {
      return new Changed(
          pair.after().query(),
          pair.after().setup(),
          pair.after().search(),
          pair.after().rerank(),
          pair.before().score(),
          pair.after().score(),
          pair.before().ranks(),
          pair.after().ranks());
    }
  }

  private Set<Way> ways(List<QueryScore> scores) {
    Set<Way> ways = new LinkedHashSet<>();
    scores.forEach(score -> ways.add(score.way()));
    return ways;
  }

  private static List<QueryScore> some(List<QueryScore> scores, String setup, Way way) {
    return scores.stream()
        .filter(score -> score.setup().equals(setup) && score.way().equals(way))
        .toList();
  }

  /** The pairs of all ways that both have. */
  private List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (Way way : ways(now)) {
      pairs.addAll(
          Differences.pairs(
              before.stream().filter(score -> score.way().equals(way)).toList(),
              now.stream().filter(score -> score.way().equals(way)).toList()));
    }
    return pairs;
  }

  /** Those that changed, the most changed first. */
  public List<Changed> changed() {
    return sorted().stream().map(Changed::of).toList();
  }

  private List<Pair> sorted() {
    return pairs().stream()
        .filter(pair -> !pair.before().ranks().equals(pair.after().ranks()))
        .sorted(
            Comparator.comparingDouble((Pair pair) -> -Math.abs(pair.difference()))
                .thenComparing(pair -> pair.after().query())
                .thenComparing(pair -> pair.after().setup()))
        .toList();
  }

  /** Prints both tables. */
  public void print(Console console, String path) {
    console.say("\ncompared with evaluation %s, on the same queries:", run);
    console.table(means());
    Set<Way> missing = ways(now);
    missing.removeAll(ways(before));
    missing.forEach(way -> console.say("  %s with %s: not in that one", way.search(), way.shown()));
    List<Pair> changed = sorted();
    if (changed.isEmpty()) {
      console.say("  no query changed");
      return;
    }
    console.table(queries(changed.subList(0, Math.min(SHOWN, changed.size()))));
    console.say(
        "  %,d of %,d rankings changed%s; all of them: %s",
        changed.size(),
        pairs().size(),
        changed.size() > SHOWN ? ", of which these most" : "",
        path);
  }

  private List<List<String>> means() {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "setup",
            "search",
            "re-ranking",
            "before",
            "now",
            "difference",
            "95 % interval",
            "better",
            "worse",
            "same"));
    Set<String> setups = new LinkedHashSet<>();
    now.forEach(score -> setups.add(score.setup()));
    for (String setup : setups) {
      for (Way way : ways(now)) {
        List<Pair> pairs = Differences.pairs(some(before, setup, way), some(now, setup, way));
        if (!pairs.isEmpty()) {
          table.add(line(setup.isEmpty() ? "all" : setup, way, pairs));
        }
      }
    }
    return table;
  }

  private static List<String> line(String setup, Way way, List<Pair> pairs) {
    PairedBootstrap.Drop drop = Differences.of(pairs);
    long better = pairs.stream().filter(pair -> pair.difference() > 0).count();
    long worse = pairs.stream().filter(pair -> pair.difference() < 0).count();
    return List.of(
        setup,
        way.search(),
        way.shown(),
        score(drop.before()),
        score(drop.after()),
        Differences.signed(-drop.mean()),
        Differences.interval(drop),
        Long.toString(better),
        Long.toString(worse),
        Long.toString(pairs.size() - better - worse));
  }

  private static List<List<String>> queries(List<Pair> pairs) {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "query",
            "setup",
            "search",
            "re-ranking",
            "before",
            "now",
            "first was at",
            "first is at"));
    for (Pair pair : pairs) {
      QueryScore now = pair.after();
      table.add(
          List.of(
              now.query(),
              now.setup().isEmpty() ? "all" : now.setup(),
              now.search(),
              now.way().shown(),
              score(pair.before().score()),
              score(now.score()),
              pair.before().first(),
              now.first()));
    }
    return table;
  }

  private static String score(double score) {
    return String.format(Locale.ROOT, "%.4f", score);
  }
}
