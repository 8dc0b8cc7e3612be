package dev.remap.jobs.evaluate.record;

import dev.remap.core.evaluation.PairedBootstrap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What two ways score on the same queries: the paired bootstrap over what was drawn together. */
public final class Differences {
  private static final long SEED = 20181017;

  /** With fewer groups than these, their queries are drawn one by one. */
  private static final int LEAST_UNITS = 10;

  private Differences() {}

  /**
   * Two scores of one query.
   *
   * @param before in the one way
   * @param after in the other
   */
  public record Pair(QueryScore before, QueryScore after) {
    double difference() {
      return after.score() - before.score();
    }
  }

  /** Pairs of the same query in the same setup, in the order of the first. */
  public static List<Pair> pairs(List<QueryScore> before, List<QueryScore> after) {
    Map<List<String>, QueryScore> there = new HashMap<>();
    after.forEach(score -> there.put(List.of(score.query(), score.setup()), score));
    List<Pair> pairs = new ArrayList<>();
    for (QueryScore score : before) {
      QueryScore other = there.get(List.of(score.query(), score.setup()));
      if (other != null) {
        pairs.add(new Pair(score, other));
      }
    }
    return pairs;
  }

  /** Mean and interval of what was lost; of at least one pair. */
  public static PairedBootstrap.Drop of(List<Pair> pairs) {
    Map<String, Long> groups = new HashMap<>();
    pairs.forEach(pair -> groups.putIfAbsent(pair.before.drawnWith(), (long) groups.size()));
    boolean isByGroup = groups.size() >= LEAST_UNITS;
    List<PairedBootstrap.Pair> all = new ArrayList<>();
    for (Pair pair : pairs) {
      long unit = isByGroup ? groups.get(pair.before.drawnWith()) : all.size();
      all.add(new PairedBootstrap.Pair(unit, pair.before.score(), pair.after.score()));
    }
    return PairedBootstrap.of(all, SEED);
  }

  /** The 95 % interval of what was gained: {@code +0.0010 to +0.0240}. */
  public static String interval(PairedBootstrap.Drop drop) {
    return signed(-drop.upper()) + " to " + signed(-drop.lower());
  }

  /** With its sign, to four digits; never −0. */
  public static String signed(double difference) {
    String text = String.format(Locale.ROOT, "%+.4f", difference);
    return text.equals("-0.0000") ? "+0.0000" : text;
  }
}
